import { abortAllDurableObjects, runInDurableObject } from 'cloudflare:test'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { BulkItem, BulkJob, BulkPlan } from '../../src/contract/bulk.ts'
import {
  connectWordPress,
  content,
  createShared,
  playWordPress,
  readItem,
  syncSite,
  type ContentSite,
} from '../support/content.ts'
import { addMember, inAccount, signUpPerson } from '../support/identity.ts'
import { siteObject } from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'

let site: ContentSite
beforeAll(async () => {
  playWordPress()
  site = await connectWordPress({ twoWay: true })
})

interface Options {
  at?: ContentSite
  token?: string
  headers?: Record<string, string>
}

const send = (request: string, body?: unknown, { at = site, token = at.key, headers = {} }: Options = {}) => {
  const [method, path = ''] = request.split(' ')
  return call(`${method} /api/v1/sites/${at.siteId}/bulk/${path}`, {
    token,
    headers,
    ...(body !== undefined && { body }),
  })
}

async function planOf(body: object, options?: Options): Promise<BulkPlan> {
  const answer = await send('POST', { ...body, dry_run: true }, options)
  expect([answer.status, answer.body.job]).toEqual([200, null])
  return answer.body.plan
}

async function start(body: object, options?: Options): Promise<BulkJob> {
  const answer = await send('POST', body, options)
  expect([answer.status, answer.body.plan]).toEqual([202, null])
  return answer.body.job
}

/** Waits until a job is done. */
const done = (id: string, options?: Options): Promise<BulkJob> =>
  vi.waitFor(
    async () => {
      const { body } = await send(`GET ${id}/`, undefined, options)
      expect(body.state).toBe('done')
      return body
    },
    { timeout: 20_000, interval: 20 },
  )

const itemsOf = async (id: string, outcome: string): Promise<BulkItem[]> =>
  (await send(`GET ${id}/items/?outcome=${outcome}&limit=200`)).body.results

/** Drafts of IGNY8 that WordPress does not have yet. */
async function createDrafts(at: ContentSite, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++) ids.push((await content(at, 'POST /', { title: `Draft ${n}`, type: 'page' })).body.id)
  return ids
}

const PUBLISH = { kind: 'status', status: 'publish' }

describe('a change of many items', () => {
  test('is planned, carried out, sent to WordPress by one run, and taken back', async () => {
    const shared = [await createShared(site, { status: 'draft' }), await createShared(site, { status: 'draft' })]
    const { item: trashed } = await createShared(site, { status: 'trash' })
    const ids = [...shared.map(({ item }) => item.id), trashed.id]
    const body = { selection: { ids }, action: PUBLISH }
    const plan = await planOf(body)
    expect(plan).toMatchObject({
      total: 3,
      is_sent: true,
      can_undo: true,
      counts: { changed: 2, unchanged: 0, refused: { item_in_trash: 1 } },
    })
    expect(await readItem(site, ids[0] ?? '')).toMatchObject({ status: 'draft' })
    const started = await start({ ...body, selection: { ids, as_of: plan.as_of } }, { token: site.owner.token })
    expect(started).toMatchObject({ kind: 'change', total: 3, actor: { kind: 'user', name: 'Ada' } })
    expect(await done(started.id)).toMatchObject({ counts: plan.counts, finished_at: expect.any(String) })
    expect(await itemsOf(started.id, 'refused')).toMatchObject([{ id: trashed.id, code: 'item_in_trash' }])
    await vi.waitFor(() => {
      for (const { postId } of shared) expect(site.model.post(postId).status).toBe('publish')
    }, 20_000)
    await vi.waitFor(async () =>
      expect((await send(`GET ${started.id}/`)).body.sending).toEqual({ waiting: 0, failed: 0 }),
    )
    const events = await call(`GET ${site.path}/events/?action=bulk`, { token: site.key })
    expect(events.body.results).toMatchObject([
      { counts: { updated: 2, unchanged: 0, failed: 1 }, actor: { kind: 'user', name: 'Ada' } },
    ])
    const undone = await send(`POST ${started.id}/undo/`)
    expect([undone.status, undone.body.of]).toEqual([202, started.id])
    expect(await done(undone.body.id)).toMatchObject({ kind: 'undo', counts: { changed: 2, refused: {} } })
    await vi.waitFor(() => {
      for (const { postId } of shared) expect(site.model.post(postId).status).toBe('draft')
    }, 20_000)
    expect(refusal(await send(`POST ${started.id}/undo/`))).toEqual([409, 'nothing_to_undo'])
    const list = await send('GET ?limit=1')
    expect(list.body).toMatchObject({ results: [{ id: undone.body.id }], next: expect.any(String) })
    expect((await send(`GET ?limit=1&cursor=${list.body.next}`)).body.results).toMatchObject([{ id: started.id }])
  })

  test('is one, however often it is asked for with the same Idempotency-Key', async () => {
    const ids = await createDrafts(site, 1)
    const options = { headers: { 'idempotency-key': crypto.randomUUID() } }
    const body = { selection: { ids }, action: { kind: 'trash' } }
    expect((await start(body, options)).id).toBe((await start(body, options)).id)
  })

  test('of a filter needs the moment of its plan, and searches', async () => {
    const at = await connectWordPress({ owner: site.owner })
    await createDrafts(at, 3)
    const body = { selection: { filter: { q: 'draft', type: 'page' } }, action: PUBLISH }
    const refused = await send('POST', body, { at })
    expect(refusal(refused)).toEqual([400, 'validation_error'])
    expect(refused.body.errors[0].path).toBe('body.selection.as_of')
    const plan = await planOf(body, { at })
    expect(plan).toMatchObject({ total: 3, is_sent: false, kinds: [{ type: 'page', status: 'draft', count: 3 }] })
    const job = await start({ ...body, selection: { ...body.selection, as_of: plan.as_of } }, { at })
    expect(await done(job.id, { at })).toMatchObject({ counts: { changed: 3 } })
  })

  test.each<[string, object]>([
    ['no ids', { selection: { ids: [] }, action: PUBLISH }],
    ['too many ids', { selection: { ids: Array(501).fill('item_1') }, action: PUBLISH }],
    ['ids and a filter', { selection: { ids: ['item_1'], filter: {} }, action: PUBLISH }],
    ['an unknown filter', { selection: { filter: { colour: 'red' } }, action: PUBLISH, dry_run: true }],
    ['an unknown action', { selection: { ids: ['item_1'] }, action: { kind: 'explode' } }],
    ['a status that needs a date', { selection: { ids: ['item_1'] }, action: { kind: 'status', status: 'future' } }],
    ['no terms', { selection: { ids: ['item_1'] }, action: { kind: 'terms', taxonomy: 'category' } }],
    ['another field', { selection: { ids: ['item_1'] }, action: { ...PUBLISH, force: true } }],
  ])('is refused with %s', async (_name, body) => {
    expect(refusal(await send('POST', body))).toEqual([400, 'validation_error'])
  })

  test('permanently deletes for admins alone; a viewer changes nothing', async () => {
    const ids = await createDrafts(site, 1)
    const headers = inAccount(site.owner)
    const [editor, viewer] = [await addMember(site.owner, 'editor'), await addMember(site.owner, 'viewer')]
    const body = { selection: { ids }, action: { kind: 'delete' }, dry_run: true }
    expect(refusal(await send('POST', body, { token: editor.token, headers }))).toEqual([403, 'role_too_low'])
    const trash = { ...body, action: { kind: 'trash' } }
    expect(refusal(await send('POST', trash, { token: viewer.token, headers }))).toEqual([403, 'role_too_low'])
    expect((await send('POST', trash, { token: editor.token, headers })).status).toBe(200)
    expect((await send('GET', undefined, { token: viewer.token, headers })).status).toBe(200)
    expect((await send('POST', body, { token: site.owner.token })).status).toBe(200)
  })

  test('is nobody else’s: another account’s site, job and items are not there', async () => {
    const ids = await createDrafts(site, 1)
    const job = await start({ selection: { ids }, action: { kind: 'trash' } })
    const stranger = await signUpPerson('Eve')
    const other = await connectWordPress({ owner: stranger })
    for (const path of [`GET ${job.id}/`, `GET ${job.id}/items/`, `POST ${job.id}/undo/`, `POST ${job.id}/retry/`]) {
      expect(refusal(await send(path, undefined, { token: stranger.token }))).toEqual([404, 'site_not_found'])
      expect(refusal(await send(path, undefined, { at: other }))).toEqual([404, 'bulk_not_found'])
    }
    expect(await planOf({ selection: { ids }, action: PUBLISH }, { at: other })).toMatchObject({
      counts: { changed: 0, refused: { item_not_found: 1 } },
    })
    await done(job.id)
  })

  test('that syncs reads each post anew; with sync switched off it is refused', async () => {
    const { item, postId } = await createShared(site)
    site.model.editPost(postId, { title: 'Newer' })
    site.outbox.splice(0)
    const job = await start({ selection: { ids: [item.id] }, action: { kind: 'sync' } })
    expect(await done(job.id)).toMatchObject({ counts: { changed: 1 }, can_undo: false })
    await vi.waitFor(async () => expect((await readItem(site, item.id)).title).toBe('Newer'), 20_000)
    const off = await connectWordPress({ owner: site.owner })
    await call(`PATCH ${off.path}/`, { token: site.owner.token, body: { sync_enabled: false } })
    const body = { selection: { ids: [item.id] }, action: { kind: 'sync' } }
    expect(refusal(await send('POST', body, { at: off }))).toEqual([409, 'sync_disabled'])
  })

  test('names with its reason what could not be sent, and repeats that alone', async () => {
    const at = await connectWordPress({ owner: site.owner })
    const ids = await createDrafts(at, 2)
    const { body: bad } = await content(at, 'POST /', { title: '😀', type: 'page' })
    const job = await start({ selection: { ids: [...ids, bad.id] }, action: PUBLISH }, { at })
    await done(job.id, { at })
    at.model.site.alterText = (text) => text.replaceAll('😀', '?')
    await syncSite(at)
    expect((await send(`GET ${job.id}/`, undefined, { at })).body.sending).toEqual({ waiting: 0, failed: 1 })
    const failed = await send(`GET ${job.id}/items/?outcome=failed`, undefined, { at })
    expect(failed.body.results).toMatchObject([{ id: bad.id, outcome: 'failed', error: { code: 'content_altered' } }])
    at.model.site.alterText = (text) => text
    const again = await send(`POST ${job.id}/retry/`, undefined, { at })
    expect([again.status, again.body.total, again.body.of]).toEqual([202, 1, job.id])
    await done(again.body.id, { at })
    await syncSite(at)
    expect(await readItem(at, bad.id)).toMatchObject({ state: 'synced', status: 'publish' })
    expect(refusal(await send(`POST ${job.id}/retry/`, undefined, { at }))).toEqual([409, 'nothing_to_retry'])
  })
})

test('a job whose object is killed in the middle ends exact: each item once, and one event', async () => {
  const at = await connectWordPress({ owner: site.owner })
  const count = 500
  await runInDurableObject(siteObject(at.siteId), (_instance, { storage }) => {
    storage.sql.exec(
      `WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < ${count})
       INSERT INTO items (id, type, state, title, slug, status, updated_at, title_key)
       SELECT 'item_' || i, 'page', 'local_ahead', 'Title', '', CASE WHEN i % 17 = 3 AND i <= 510 THEN 'trash' ELSE 'draft' END, 1, 'title' FROM numbers`,
    )
    const doc = { title: 'Title', body: 'x', excerpt: '', slug: '', status: 'draft', date: null, parent: null }
    const rest = { author: null, terms: {}, meta: {}, featured: null }
    storage.sql.exec(
      `INSERT INTO versions SELECT n * 4 + 1, json_set(?, '$.status', status) FROM items WHERE title = 'Title'`,
      JSON.stringify({ ...doc, ...rest }),
    )
  })
  const plan = await planOf({ selection: { filter: { type: 'page' } }, action: PUBLISH }, { at })
  const inTrash = plan.counts.refused['item_in_trash'] ?? 0
  expect([plan.total, inTrash]).toEqual([count, 30])
  const job = await start({ selection: { filter: { type: 'page' }, as_of: plan.as_of }, action: PUBLISH }, { at })
  // between two of its steps
  await abortAllDurableObjects()
  const ended = await done(job.id, { at })
  expect(ended).toMatchObject({
    total: count,
    counts: { changed: count - 30, unchanged: 0, refused: { item_in_trash: 30 } },
  })
  const [row] = await runInDurableObject(siteObject(at.siteId), (_instance, { storage }) =>
    storage.sql
      .exec<{ once: number; journal: number }>(
        `SELECT (SELECT count(*) FROM items WHERE revision = 2 AND status = 'publish') AS once,
           (SELECT count(*) FROM history WHERE cause = ?) AS journal`,
        job.id,
      )
      .toArray(),
  )
  expect(row).toEqual({ once: count - 30, journal: count - 30 })
  const events = await call(`GET ${at.path}/events/?action=bulk`, { token: at.key })
  expect(events.body.results).toHaveLength(1)
})

describe('a list', () => {
  test('is sorted, filtered and searched by pages, and a cursor belongs to its order', async () => {
    const at = await connectWordPress({ owner: site.owner })
    for (const [title, name] of [
      ['Zebra', 'News'],
      ['Äpfel', 'News'],
      ['Mango', 'Sport'],
    ] as const)
      await content(at, 'POST /', { title, body: `All about ${title}`, terms: { category: [name] } })
    const titles = async (query: string) =>
      (await content(at, `GET ?${query}`)).body.results.map(({ title }: { title: string }) => title)
    expect(await titles('sort=title')).toEqual(['Äpfel', 'Mango', 'Zebra'])
    expect(await titles('sort=-title&term=category:News')).toEqual(['Zebra', 'Äpfel'])
    expect(await titles('q=about+mango')).toEqual(['Mango'])
    expect(await titles('author=nobody')).toEqual([])
    const { body } = await content(at, 'GET ?sort=title&limit=1')
    expect(await titles(`sort=title&limit=1&cursor=${body.next}`)).toEqual(['Mango'])
    for (const query of [
      `sort=-title&cursor=${body.next}`,
      `cursor=${body.next}`,
      'sort=title&cursor=at_x',
      'q=a&cursor=row_1',
    ])
      expect(refusal(await content(at, `GET ?${query}`))).toEqual([400, 'invalid_cursor'])
    for (const query of ['sort=colour', 'term=News', 'date_from=yesterday'])
      expect(refusal(await content(at, `GET ?${query}`))).toEqual([400, 'validation_error'])
  })
})
