import { describe, expect, test } from 'vitest'
import { ApplyData } from '../../../src/contract/content-link.ts'
import { newId, run, type Action, type Subject } from './subject.ts'

/** Performs actions as one request and returns the webhooks they caused. */
async function tell(subject: Subject, ...actions: Action[]): Promise<string[]> {
  await subject.arrange(...actions)
  const events = await subject.webhooks()
  return events.map(({ event, post_id: id, post_type: type, status }) => `${event} ${type} ${id} ${status}`).sort()
}

async function insert(subject: Subject, more: Partial<Action> = {}): Promise<number> {
  const [id] = await subject.arrange({ op: 'insert', type: 'event', status: 'publish', ...more } as Action)
  return Number(id)
}

/** Posts and pages of a small site whose webhooks were sent. */
async function prepare(subject: Subject) {
  const [kind, image] = await subject.arrange(
    { op: 'term', taxonomy: 'event_kind', name: newId('Kind') },
    { op: 'attachment', title: 'Told', alt: 'before' },
  )
  const parent = await insert(subject)
  const child = await insert(subject, { parent })
  const plain = await insert(subject)
  const decorated = await insert(subject, { terms: { event_kind: [Number(kind)] }, featured: Number(image) })
  await subject.webhooks()
  return { kind: Number(kind), image: Number(image), parent, child, plain, decorated }
}

function edits(get: () => Subject): void {
  test('a new post sends one webhook, with all its data', async () => {
    await get().webhooks()
    const [id] = await get().arrange({ op: 'insert', type: 'event', status: 'publish', meta: { event_place: 'Here' } })
    const [event, ...more] = await get().webhooks()
    expect(more).toEqual([])
    expect(event).toMatchObject({ event: 'post.status', post_id: id, post_type: 'event', status: 'publish' })
    expect(Math.abs(Date.parse(event?.modified_gmt ?? '') - Date.now())).toBeLessThan(60_000)
  })

  test('edits, trash, untrash and deletion send webhooks, also for children that move', async () => {
    const { parent, child, plain } = await prepare(get())
    const id = plain
    expect(await tell(get(), { op: 'edit', id, title: 'One' }, { op: 'edit', id, title: 'Two' })).toEqual([
      `post.status event ${id} publish`,
    ])
    expect(await tell(get(), { op: 'trash', id })).toEqual([`post.status event ${id} trash`])
    expect(await tell(get(), { op: 'untrash', id })).toEqual([`post.status event ${id} draft`])
    expect(await tell(get(), { op: 'delete', id })).toEqual([`post.deleted event ${id} draft`])
    expect(await tell(get(), { op: 'delete', id: parent })).toEqual([
      `post.deleted event ${parent} publish`,
      `post.status event ${child} publish`,
    ])
  })

  test('terms, meta and images send metadata webhooks for every post that shows them', async () => {
    const { kind, image, plain, decorated } = await prepare(get())
    const told = (id: number) => [`post.metadata event ${id} publish`]
    const id = plain
    expect(await tell(get(), { op: 'set_meta', id, key: 'event_place', value: 'There' })).toEqual(told(id))
    expect(await tell(get(), { op: 'set_terms', id, taxonomy: 'event_kind', terms: [kind] })).toEqual(told(id))
    expect(await tell(get(), { op: 'set_terms', id, taxonomy: 'event_kind', terms: [] })).toEqual(told(id))
    expect(await tell(get(), { op: 'set_featured', id, image })).toEqual(told(id))
    expect(await tell(get(), { op: 'set_featured', id, image: 0 })).toEqual(told(id))
    expect(await tell(get(), { op: 'alt', id: image, alt: 'after' })).toEqual(told(decorated))
    const name = newId('Renamed')
    expect(await tell(get(), { op: 'rename_term', id: kind, taxonomy: 'event_kind', name })).toEqual(told(decorated))
  })
}

function silence(get: () => Subject): void {
  test('changes outside of documents, and changes without effect, send none', async () => {
    const { plain: id } = await prepare(get())
    expect(await tell(get(), { op: 'set_meta', id, key: 'hidden_key', value: 'x' })).toEqual([])
    expect(await tell(get(), { op: 'insert', type: 'event', status: 'auto-draft' })).toEqual([])
    expect(await tell(get(), { op: 'touch', id, modifiedS: 1_700_000_000 })).toEqual([])
  })

  test('T26 changes by IGNY8 send none', async () => {
    await get().webhooks()
    const fields = { title: 'Mine', status: 'publish', terms: { event_kind: [newId('Mine')] } }
    const create = { op: 'create', type: 'event', item_id: newId('item'), fields }
    const { item } = await run(get(), ApplyData, 'apply', create)
    const trash = { op: 'trash', type: 'event', id: item?.id, expect: item?.['etag'] }
    expect(await run(get(), ApplyData, 'apply', trash)).toMatchObject({ outcome: 'applied' })
    expect(await get().webhooks()).toEqual([])
  })
}

/** Webhooks (docs/protocol-content.md). */
export function describeWebhooks(get: () => Subject): void {
  describe('webhooks sent', () => edits(get))
  describe('webhooks not sent', () => silence(get))
}
