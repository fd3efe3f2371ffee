import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { applied, apply, applyCode, argsOf, count, create, update } from './applying.ts'
import { fetchOne, NASTY } from './common.ts'
import { newId, send, type Subject } from './subject.ts'

const RawItem = z.object({ id: z.int(), etag: z.string(), meta_etag: z.string().optional() })
type RawItem = z.infer<typeof RawItem>

/** Changes a document and returns the raw answer, including fields unknown to the schema. */
async function applyRaw(
  subject: Subject,
  { id, etag }: Pick<RawItem, 'id' | 'etag'>,
  fields: Record<string, unknown>,
): Promise<RawItem> {
  const { item } = await apply(subject, { op: 'update', id, expect: etag, fields })
  return RawItem.parse(item)
}

function creating(get: () => Subject): void {
  test('T25 a created post is stored byte for byte, and returned as stored', async () => {
    const made = await create(get(), {
      ...NASTY,
      slug: 'made-nasty',
      date: '2024-02-03T04:05:06Z',
      meta: { rank_math_title: 'S "e" \\ o' },
    })
    expect(made).toMatchObject({
      ...NASTY,
      slug: 'made-nasty',
      status: 'publish',
      meta: { rank_math_title: 'S "e" \\ o' },
    })
    expect(Date.parse(made.date ?? '')).toBe(Date.parse('2024-02-03T04:05:06Z'))
    const [row] = await get().arrange({ op: 'read', id: made.id })
    expect(JSON.parse(String(row))).toMatchObject(NASTY)
    expect(await fetchOne(get(), made.id)).toEqual(made)
  })

  test('a repeated stale command is stale again, or is executed if the post is back to the expected state', async () => {
    const made = await create(get(), { title: 'Before' })
    const input = { op: 'update', id: made.id, expect: made.etag, fields: { excerpt: 'Ours' } }
    const commandId = newId('cmd')
    await get().arrange({ op: 'edit', id: made.id, title: 'Edited' })
    const stale = { outcome: 'stale', was_applied: false, item: { title: 'Edited', excerpt: '' } }
    expect(await apply(get(), input, commandId)).toMatchObject(stale)
    expect(await apply(get(), input, commandId)).toMatchObject(stale)
    await get().arrange({ op: 'edit', id: made.id, title: 'Before' })
    expect(await apply(get(), input, commandId)).toMatchObject({ outcome: 'applied', item: { excerpt: 'Ours' } })
  })

  test('a repeat of a change that was reverted since reports it as done', async () => {
    const made = await create(get(), { title: 'Before' })
    const input = { op: 'update', id: made.id, expect: made.etag, fields: { title: 'Ours' } }
    const commandId = newId('cmd')
    await apply(get(), input, commandId)
    await get().arrange({ op: 'edit', id: made.id, title: 'Before' })
    const again = await apply(get(), input, commandId)
    expect(again).toMatchObject({ outcome: 'stale', was_applied: true, item: { title: 'Before', etag: made.etag } })
  })

  test('a create with a known item id returns the existing post', async () => {
    const input = { op: 'create', item_id: newId('item'), fields: { title: 'Once', status: 'draft' } }
    const first = await apply(get(), input)
    const before = await count(get())
    const second = await apply(get(), { ...input, fields: { title: 'Twice', status: 'draft' } })
    expect([first.created, second.created]).toEqual([true, false])
    expect(first.item).toMatchObject({ item_id: input.item_id })
    expect(second).toMatchObject({ outcome: 'applied', item: first.item })
    expect(await count(get())).toBe(before)
  })

  test('a repeated command gets its first answer and has no second effect', async () => {
    const [commandId, input] = [newId('cmd'), { op: 'create', item_id: newId('item'), fields: { title: 'Repeated' } }]
    const first = await apply(get(), input, commandId)
    const before = await count(get())
    expect(await apply(get(), input, commandId)).toEqual(first)
    expect(await count(get())).toBe(before)
    const id = first.item?.id ?? 0
    await get().arrange({ op: 'edit', id, title: 'Edited since' })
    expect(await apply(get(), input, commandId)).toMatchObject({ outcome: 'stale', item: { title: 'Edited since' } })
    await get().arrange({ op: 'delete', id })
    expect(await apply(get(), input, commandId)).toMatchObject({ outcome: 'stale', item: null })
    expect(await count(get())).toBe(Number(before) - 1)
  })

  test('slugs are unique among published posts', async () => {
    const slugs = []
    for (let index = 0; index < 3; index++) slugs.push((await create(get(), { slug: 'the-same' }, 'post')).slug)
    expect(slugs).toEqual(['the-same', 'the-same-2', 'the-same-3'])
    expect((await create(get(), { title: 'No slug given!' }, 'post')).slug).toBe('no-slug-given')
    expect((await create(get(), { title: 'Größe & Ölpreis 日本' }, 'post')).slug).toBe(
      'grose-olpreis-%e6%97%a5%e6%9c%ac',
    )
    const [top, other] = [await create(get(), { slug: 'top' }), await create(get(), { slug: 'other' })]
    const below = [top, other].map(({ id }) => create(get(), { slug: 'same-below', parent: id }))
    expect((await Promise.all(below)).map(({ slug }) => slug)).toEqual(['same-below', 'same-below'])
  })
}

function dating(get: () => Subject): void {
  const DATE = '2024-02-03T04:05:06Z'

  test('a created post is modified now, whatever its date', async () => {
    const nowS = Date.now() / 1000
    for (const fields of [{ date: DATE }, { date: '2099-01-01T00:00:00Z' }, { status: 'draft' }]) {
      expect(Math.abs((await create(get(), fields)).modified - nowS)).toBeLessThan(60)
    }
  })

  test('only a draft can lose its date', async () => {
    const out = await create(get(), { date: DATE })
    expect((await update(get(), out, { date: null })).date).toBe(out.date)
    const draft = await create(get(), { date: DATE, status: 'draft' })
    expect(Date.parse(draft.date ?? '')).toBe(Date.parse(DATE))
    expect((await update(get(), draft, { date: null })).date).toBeNull()
  })

  test('a draft gets its date when it is published', async () => {
    const draft = await create(get(), { status: 'draft', title: 'To be dated' })
    expect(draft).toMatchObject({ date: null, slug: '' })
    const out = await update(get(), draft, { status: 'publish' })
    expect(Math.abs(Date.parse(out.date ?? '') - Date.now())).toBeLessThan(60_000)
    expect(out).toMatchObject({ status: 'publish', slug: 'to-be-dated' })
  })
}

function updating(get: () => Subject): void {
  test('an update changes the fields it names and no other', async () => {
    const made = await create(get(), { ...NASTY, meta: { event_place: 'Here' } })
    const changed = await update(get(), made, { title: 'New \\ title' })
    const { etag, modified, ...rest } = changed
    expect(rest).toEqual({
      ...rest,
      ...NASTY,
      title: 'New \\ title',
      slug: made.slug,
      meta: made.meta,
      date: made.date,
    })
    expect(etag).not.toBe(made.etag)
    expect(modified).toBeGreaterThanOrEqual(made.modified)
  })

  test('a stale update writes nothing and returns the post', async () => {
    const made = await create(get(), { title: 'Stale' })
    await get().arrange({ op: 'edit', id: made.id, title: 'Edited by somebody' })
    for (const op of ['update', 'trash', 'delete']) {
      const data = await apply(get(), {
        op,
        id: made.id,
        expect: made.etag,
        fields: op === 'update' ? { body: 'x' } : {},
      })
      expect(data).toMatchObject({ outcome: 'stale', item: { id: made.id, title: 'Edited by somebody', body: '' } })
    }
    expect(await fetchOne(get(), made.id)).toMatchObject({ title: 'Edited by somebody', body: '', status: 'publish' })
  })

  test('a change without an expected etag, or of another type, is stale', async () => {
    const made = await create(get(), { title: 'Expected' })
    const item = { id: made.id, etag: made.etag }
    for (const wrong of [{ expect: null }, { expect: made.etag, type: 'post' }]) {
      const data = await apply(get(), { op: 'update', id: made.id, fields: { title: 'x' }, ...wrong })
      expect(data).toMatchObject({ outcome: 'stale', item })
    }
  })

  test('an update of a deleted post is stale', async () => {
    const made = await create(get(), { title: 'Gone' })
    await get().arrange({ op: 'delete', id: made.id })
    const data = await apply(get(), { op: 'update', id: made.id, expect: made.etag, fields: { title: 'x' } })
    expect(data).toMatchObject({ outcome: 'stale', item: null })
  })

  test('a batch of updates is one chain of etags', async () => {
    const made = await create(get(), { title: 'Chain' })
    const commands = ['a', 'b'].map((title) => ({
      id: newId('cmd'),
      name: 'apply',
      args: argsOf({ op: 'update', id: made.id, expect: made.etag, fields: { title } }),
    }))
    const results = await send(get(), commands)
    expect(results.map((result) => result.ok && result.data['outcome'])).toEqual(['applied', 'stale'])
  })

  test('white space is kept, and a post may be emptied', async () => {
    const made = await create(get(), { title: '  spaced  ', body: ' \n x \n ', excerpt: '\t' })
    expect(made).toMatchObject({ title: '  spaced  ', body: ' \n x \n ', excerpt: '\t' })
    const emptied = await update(get(), made, { title: '', body: '', excerpt: '' })
    expect(emptied).toMatchObject({ title: '', body: '', excerpt: '', slug: made.slug })
  })

  test('meta_etag covers everything but the body', async () => {
    const made = await applyRaw(get(), await create(get(), { body: 'none' }), { body: 'one' })
    const changed = await applyRaw(get(), made, { body: 'two' })
    const retitled = await applyRaw(get(), changed, { title: 'Other' })
    expect(changed.meta_etag).toBe(made.meta_etag)
    expect(retitled.meta_etag).not.toBe(made.meta_etag)
  })

  test('T30 trash, untrash and delete can be repeated', async () => {
    const made = await create(get(), { title: 'Fate', slug: 'fate' })
    const trashed = await applied(get(), { op: 'trash', id: made.id, expect: made.etag })
    expect(trashed.status).toBe('trash')
    expect(await applied(get(), { op: 'trash', id: made.id, expect: trashed.etag })).toEqual(trashed)
    const back = await applied(get(), { op: 'untrash', id: made.id, expect: trashed.etag })
    expect(back.status).not.toBe('trash')
    expect(back.slug).toBe('fate')
    const gone = { outcome: 'applied', item: null }
    const again = await applied(get(), { op: 'trash', id: made.id, expect: back.etag })
    expect(await apply(get(), { op: 'delete', id: made.id, expect: again.etag })).toMatchObject(gone)
    expect(await apply(get(), { op: 'delete', id: made.id, expect: again.etag })).toMatchObject(gone)
    expect((await get().arrange({ op: 'read', id: made.id }))[0]).toBeNull()
  })

  test('nothing is deleted that is not in the trash', async () => {
    const made = await create(get(), { title: 'Alive' })
    expect(await applyCode(get(), { op: 'delete', id: made.id, expect: made.etag })).toBe('not_in_trash')
    expect(await fetchOne(get(), made.id)).toMatchObject({ title: 'Alive', status: 'publish' })
  })

  test('T30 fields are written before the trash and after it', async () => {
    const made = await create(get(), { title: 'In and out' })
    const fields = { title: 'In' }
    const trashed = await applied(get(), { op: 'trash', id: made.id, expect: made.etag, fields })
    expect(trashed).toMatchObject({ status: 'trash', title: 'In' })
    const out = { title: 'Out', status: 'publish' }
    const back = await applied(get(), { op: 'untrash', id: made.id, expect: trashed.etag, fields: out })
    expect(back).toMatchObject({ ...out, slug: made.slug })
    expect((await update(get(), back, { status: 'trash' })).status).toBe('trash')
  })
}

/** Making, changing and removing posts with `apply` (docs/protocol-content.md). */
export function describeWriting(get: () => Subject): void {
  describe('create', () => creating(get))
  describe('dates', () => dating(get))
  describe('update', () => updating(get))
}
