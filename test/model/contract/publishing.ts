import { describe, expect, test, vi } from 'vitest'
import { StatusData } from '../../../src/contract/link.ts'
import { apply, argsOf, count, create, update } from './applying.ts'
import { fetchOne } from './common.ts'
import { codeOf, newId, run, type Subject } from './subject.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** RFC 3339, that far from now. */
const at = (aheadMs: number) => new Date(Math.floor((Date.now() + aheadMs) / 1000) * 1000).toISOString()
const toUnix = (date: string) => Date.parse(date) / 1000
const isSameTime = (date: string | null, other: string) => Date.parse(date ?? '') === Date.parse(other)

/** A published post that is turned into a scheduled one past WordPress. */
async function schedule(subject: Subject, date: string) {
  const { id } = await create(subject, { title: 'Missed' })
  await subject.arrange({ op: 'schedule', id, dateS: toUnix(date) })
  return id
}

const statusOf = async (subject: Subject) => (await run(subject, StatusData, 'status', {})).schedule

function scheduling(get: () => Subject): void {
  test('published with a date to come is scheduled', async () => {
    expect((await create(get(), { date: at(24 * HOUR_MS) })).status).toBe('future')
  })

  test('T56 `future` publishes nothing: its date must be there, and to come', async () => {
    const before = await count(get())
    const draft = { op: 'create', item_id: newId('item'), fields: { title: 'Not yet', status: 'future' } }
    expect(await codeOf(get(), 'apply', argsOf(draft))).toBe('invalid_field')
    const late = { ...draft, fields: { ...draft.fields, date: at(-MINUTE_MS) } }
    expect(await codeOf(get(), 'apply', argsOf(late))).toBe('schedule_passed')
    expect(await count(get())).toBe(before)
  })

  test('T56 a draft that is to be scheduled stays a draft where its date is missing or over', async () => {
    for (const [date, code] of [
      [null, 'invalid_field'],
      [at(-HOUR_MS), 'schedule_passed'],
    ] as const) {
      const draft = await create(get(), { status: 'draft', date })
      const args = argsOf({ op: 'update', id: draft.id, expect: draft.etag, fields: { status: 'future' } })
      expect(await codeOf(get(), 'apply', args)).toBe(code)
      expect(await fetchOne(get(), draft.id)).toEqual(draft)
    }
  })

  test('T56 a refused change can be repeated with the same id once it is possible', async () => {
    const draft = await create(get(), { status: 'draft', date: at(-HOUR_MS) })
    const id = newId('cmd')
    const input = { op: 'update', id: draft.id, expect: draft.etag, fields: { status: 'future' } }
    await expect(apply(get(), input, id)).rejects.toThrow('schedule_passed')
    const fields = { status: 'publish' }
    expect(await apply(get(), { ...input, fields }, id)).toMatchObject({
      item: { status: 'publish', date: draft.date },
    })
  })

  test('T56 is scheduled to the second, although WordPress publishes what is due within a minute', async () => {
    const date = at(30_000)
    const made = await create(get(), { status: 'future', date })
    expect([made.status, isSameTime(made.date, date)]).toEqual(['future', true])
    expect(await update(get(), made, { title: 'Still to come' })).toMatchObject({ status: 'future', date: made.date })
  })

  test.each(['draft', 'pending', 'private'])('T56 unscheduled as %s, it keeps its date', async (status) => {
    const made = await create(get(), { status: 'future', date: at(24 * HOUR_MS) })
    expect(await update(get(), made, { status })).toMatchObject({ status, date: made.date })
  })

  test('T56 published now, although the clock of the site is some minutes behind', async () => {
    const scheduled = await create(get(), { status: 'future', date: at(24 * HOUR_MS) })
    const live = await update(get(), scheduled, { status: 'publish', date: at(4 * MINUTE_MS) })
    expect(live.status).toBe('publish')
    expect(Math.abs(Date.parse(live.date ?? '') - Date.now())).toBeLessThan(20_000)
  })
}

function overdue(get: () => Subject): void {
  test('T56 a post that WordPress missed is reported, and published once with its date', async () => {
    await get().webhooks()
    const due = at(-10 * MINUTE_MS)
    const id = await schedule(get(), due)
    const post = { id, due_at: toUnix(due) }
    expect((await statusOf(get()))?.posts).toContainEqual(post)
    await vi.waitFor(async () => expect((await fetchOne(get(), id)).status).toBe('publish'))
    const after = await statusOf(get())
    expect(after?.posts).not.toContainEqual(post)
    expect(after?.last_published).toMatchObject(post)
    expect(isSameTime((await fetchOne(get(), id)).date, due)).toBe(true)
    if (get().poll) return
    const told = (await get().webhooks()).filter(({ post_id }) => post_id === id)
    expect(told.map(({ event, status }) => [event, status])).toEqual([['post.status', 'publish']])
  })

  test.each([
    ['some minutes late', -2 * MINUTE_MS],
    ['more than a day late', -25 * HOUR_MS],
  ])('T56 a post that is only %s is left to WordPress, or to people', async (_name, aheadMs) => {
    const id = await schedule(get(), at(aheadMs))
    await statusOf(get())
    expect(await fetchOne(get(), id)).toMatchObject({ status: 'future' })
  })

  test('T56 a post that was unscheduled meanwhile stays a draft', async () => {
    const id = await schedule(get(), at(-10 * MINUTE_MS))
    await get().arrange({ op: 'edit', id, status: 'draft' })
    await statusOf(get())
    expect(await fetchOne(get(), id)).toMatchObject({ status: 'draft' })
  })
}

/** When posts go live (docs/protocol-content.md). */
export function describePublishing(get: () => Subject): void {
  describe('a post with a date to come', () => scheduling(get))
  describe('a scheduled post whose time has passed', () => overdue(get))
}
