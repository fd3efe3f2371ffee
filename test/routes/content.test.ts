import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import type { ItemSummary } from '../../src/contract/content.ts'
import { hashApiKey } from '../../src/lib/api-key.ts'
import {
  connectWordPress,
  content,
  eventually,
  playWordPress,
  quiet,
  readItem,
  type ContentSite,
} from '../support/content.ts'
import { addMember, createTestKey, createTestSite, inAccount, signUpPerson } from '../support/identity.ts'
import { siteObject } from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'

let site: ContentSite

beforeAll(async () => {
  playWordPress()
  site = await connectWordPress()
})

const create = async (body: Record<string, unknown>, at = site) => {
  const answer = await content(at, 'POST /', body)
  expect(answer.status).toBe(201)
  return answer.body
}
const titlesOf = (results: ItemSummary[]) => results.map(({ title }) => title)

describe('an item that is created', () => {
  test('is there, with everything that was given, and waits to be sent', async () => {
    const given = {
      title: 'Hello 😀',
      body: '<!-- wp:paragraph -->\n<p>\u0000“x”</p>',
      excerpt: 'Short',
      slug: 'hello',
      status: 'publish',
      terms: { category: ['News', 'Über'] },
      meta: { _yoast_wpseo_title: 'SEO', nested: { a: [1, null] } },
      featured_image: { url: 'https://images.test/a.jpg', alt: 'A' },
    }
    const item = await create({ ...given, date: '2020-01-01T10:00:00Z' })
    expect(item).toMatchObject({ ...given, type: 'post', date: '2020-01-01T10:00:00.000Z', parent_id: null })
    expect(item).toMatchObject({ state: 'local_ahead', external_id: null, revision: 1, conflict: null, error: null })
    expect(item).toMatchObject({ site_id: site.siteId, deleted: false, can_undo: false })
    expect(await readItem(site, item.id)).toEqual(item)
  })

  test('needs a title, and has a draft’s defaults', async () => {
    const item = await create({ title: 'Bare', type: 'page' })
    expect(item).toMatchObject({ type: 'page', status: 'draft', body: '', slug: '', date: null, terms: {}, meta: {} })
    expect(refusal(await content(site, 'POST /', { body: 'x' }))).toEqual([400, 'validation_error'])
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['half of a surrogate pair', { title: 'Cut \ud83d' }, 'body.title'],
    ['a term with half of one', { title: 'T', terms: { category: ['\udc00'] } }, 'body.terms.category.0'],
    ['a meta key with NUL', { title: 'T', meta: { 'a\u0000': 1 } }, 'body.meta.a\u0000'],
  ])('T52 is refused with %s, and the path is named', async (_name, body, path) => {
    const answer = await content(site, 'POST /', body)
    expect(refusal(answer)).toEqual([400, 'validation_error'])
    expect(answer.body.errors[0].path).toBe(path)
  })

  test.each<[string, Record<string, unknown>]>([
    ['an unknown field', { colour: 'red' }],
    ['an unknown status', { status: 'published' }],
    ['a type that can be none', { type: 'Post!' }],
    ['a title that is no text', { title: 5 }],
    ['a title that is too long', { title: 'x'.repeat(65_536) }],
    ['a date without a time zone', { date: '2030-01-01T10:00:00' }],
    ['a date that WordPress can’t store', { date: '0999-01-01T10:00:00Z' }],
    ['a date in the last hours of all', { date: '9999-12-31T23:00:00Z' }],
    ['terms that are no lists', { terms: { category: 'News' } }],
    ['an empty term', { terms: { category: [''] } }],
    ['a taxonomy that can be none', { terms: { 'a b': [] } }],
    ['an image without an address', { featured_image: { alt: 'x' } }],
  ])('is refused with %s, which is named', async (_name, fields) => {
    const answer = await content(site, 'POST /', { title: 'A', ...fields })
    expect(refusal(answer)).toEqual([400, 'validation_error'])
    expect(answer.body.errors[0].path).toMatch(/^body/)
  })

  test('may be below another one of the same site', async () => {
    const parent = await create({ title: 'Parent', type: 'page' })
    const child = await create({ title: 'Child', type: 'page', parent_id: parent.id })
    expect(child.parent_id).toBe(parent.id)
    const foreign = await create({ title: 'Elsewhere' }, await connectWordPress({ owner: site.owner }))
    await content(site, `DELETE /${parent.id}`)
    for (const parent_id of ['item_0', foreign.id, parent.id]) {
      expect(refusal(await content(site, 'POST /', { title: 'A', parent_id }))).toEqual([400, 'parent_not_found'])
    }
  })

  test('T16 is one, however often it is sent with the same Idempotency-Key', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const send = () => call(`POST ${site.content}/`, { token: site.key, body: { title: 'Once only' }, headers })
    const [first, second] = [await send(), await send()]
    expect(second.body).toEqual(first.body)
    const { body } = await content(site, 'GET ?q=Once+only')
    expect(body.results).toHaveLength(1)
  })

  test('may have names that every object has', async () => {
    const odd = await connectWordPress({ owner: site.owner })
    const terms = { constructor: ['a'], __proto__x: ['b'] }
    const item = await create({ title: 'Odd', type: 'constructor', terms, meta: { toString: 'x' } }, odd)
    expect(item).toMatchObject({ type: 'constructor', terms, meta: { toString: 'x' } })
    const answer = await content(odd, `PATCH /${item.id}`, { terms: { constructor: [], valueof: ['c'] } })
    expect(answer.body.terms).toEqual({ constructor: [], __proto__x: ['b'], valueof: ['c'] })
    expect(Object.keys(Object)).toEqual([])
  })
})

describe('the list', () => {
  let full: ContentSite
  beforeAll(async () => {
    full = await connectWordPress({ owner: site.owner })
    for (const [title, type] of [
      ['One', 'post'],
      ['Two 100%', 'page'],
      ['Three', 'post'],
      ['Four_x', 'page'],
      ['Five', 'post'],
    ]) {
      await create({ title, type, body: 'Text', slug: `slug-${title?.slice(0, 3).toLowerCase()}` }, full)
    }
  })
  const list = async (query: string) => (await content(full, `GET ${query}`)).body

  test('is newest first, without bodies, by pages', async () => {
    const seen: string[] = []
    let next: string | null = ''
    while (next !== null) {
      const page: { results: ItemSummary[]; next: string | null } = await list(`?limit=2${next && `&cursor=${next}`}`)
      expect(page.results.length).toBeLessThanOrEqual(2)
      seen.push(...titlesOf(page.results))
      next = page.next
    }
    expect(seen).toEqual(['Five', 'Four_x', 'Three', 'Two 100%', 'One'])
    const [item] = (await list('')).results
    expect(Object.keys(item)).toEqual(expect.not.arrayContaining(['body', 'meta', 'excerpt', 'conflict']))
    expect(item).toMatchObject({ title: 'Five', state: 'local_ahead', conflict_fields: [], parent_id: null })
  })

  test('does not skip or repeat what is there when more is added', async () => {
    const first = await list('?limit=2')
    const added = await create({ title: 'Six' }, full)
    const second = await list(`?limit=2&cursor=${first.next}`)
    expect(titlesOf(second.results)).toEqual(['Three', 'Two 100%'])
    await content(full, `DELETE /${added.id}`)
  })

  test.each([
    ['?type=page', ['Four_x', 'Two 100%']],
    ['?q=TWO', ['Two 100%']],
    ['?q=thre&type=post', ['Three']],
    ['?q=%25', ['Two 100%']],
    ['?q=_', ['Four_x']],
    ['?q=slug-fiv', ['Five']],
    ['?q=', ['Five', 'Four_x', 'Three', 'Two 100%', 'One']],
    ['?state=local_ahead&limit=1', ['Five']],
    ['?state=synced', []],
    ['?type=nothing', []],
  ])('filtered by %s shows %j', async (query, titles) => {
    expect(titlesOf((await list(query)).results)).toEqual(titles)
  })

  test('shows what was deleted when asked for it', async () => {
    const item = await create({ title: 'Gone' }, full)
    await content(full, `DELETE /${item.id}`)
    expect(titlesOf((await list('?q=Gone')).results)).toEqual([])
    expect((await list('?state=deleted&q=Gone')).results).toMatchObject([{ id: item.id, deleted: true }])
  })

  test.each(['row_', 'row_0', 'row_-1', '1', 'row_1.5', 'row_zzzzzzzzzzz', "'--", 'item_1', 'row_A', ''])(
    'refuses the cursor %j',
    async (cursor) => {
      const answer = await content(full, `GET ?cursor=${encodeURIComponent(cursor)}`)
      expect(refusal(answer)).toEqual([400, 'invalid_cursor'])
    },
  )

  test.each(['limit=0', 'limit=201', 'limit=x', 'state=lost', `type=${'x'.repeat(33)}`, `q=${'x'.repeat(201)}`])(
    'refuses %s',
    async (query) => {
      expect(refusal(await content(full, `GET ?${query}`))).toEqual([400, 'validation_error'])
    },
  )
})

describe('an item that is changed', () => {
  test('has the changes, a new revision, and everything else as it was', async () => {
    const item = await create({
      title: 'A',
      body: 'Text',
      meta: { a: 1, b: 2 },
      terms: { category: ['X'], tag: ['t'] },
    })
    const patch = { title: 'B', meta: { a: null, c: 3 }, terms: { category: [] } }
    const { status, body } = await content(site, `PATCH /${item.id}`, patch)
    expect(status).toBe(200)
    expect(body).toMatchObject({ title: 'B', body: 'Text', meta: { b: 2, c: 3 }, terms: { category: [], tag: ['t'] } })
    expect(body.meta).not.toHaveProperty('a')
    expect(body.revision).toBe(item.revision + 1)
  })

  test('with what it has already stays at its revision', async () => {
    const item = await create({ title: 'A', date: '2030-01-01T10:00:00.000Z' })
    const { body } = await content(site, `PATCH /${item.id}`, { title: 'A', date: '2030-01-01T10:00:00Z' })
    expect(body).toEqual(item)
  })

  test('is refused at another revision than the one that was read', async () => {
    const item = await create({ title: 'A' })
    const first = await content(site, `PATCH /${item.id}`, { title: 'B', if_revision: 1 })
    expect(first.status).toBe(200)
    const late = await content(site, `PATCH /${item.id}`, { title: 'C', if_revision: 1 })
    expect(refusal(late)).toEqual([409, 'conflict'])
    expect((await readItem(site, item.id)).title).toBe('B')
  })

  test('by two at once from the same revision is changed by one of them', async () => {
    const item = await create({ title: 'A' })
    const answers = await Promise.all(
      ['B', 'C'].map((title) => content(site, `PATCH /${item.id}`, { title, if_revision: 1 })),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
  })

  test('may not become larger than can be stored', async () => {
    const item = await create({ title: 'A', body: 'x'.repeat(900_000) })
    const answer = await content(site, `PATCH /${item.id}`, { meta: { long: 'y'.repeat(700_000) } })
    expect(refusal(answer)).toEqual([400, 'item_too_large'])
    expect((await readItem(site, item.id)).meta).toEqual({})
  })

  test('is refused once it was deleted', async () => {
    const item = await create({ title: 'A' })
    await content(site, `DELETE /${item.id}`)
    expect(refusal(await content(site, `PATCH /${item.id}`, { title: 'B' }))).toEqual([409, 'item_deleted'])
  })
})

describe('an item that is deleted', () => {
  test('before it was sent is gone at once, and deleting it again changes nothing', async () => {
    const item = await create({ title: 'A' })
    const removals = [await content(site, `DELETE /${item.id}`), await content(site, `DELETE /${item.id}`)]
    expect(removals.map(({ status }) => status)).toEqual([204, 204])
    expect(await readItem(site, item.id)).toMatchObject({ state: 'deleted', deleted: true, revision: 2 })
  })
})

test('an item without conflict or failure can’t be resolved, undone or retried', async () => {
  const { id } = await create({ title: 'A' })
  const attempts: [string, unknown, string][] = [
    ['resolve', { choice: 'igny8' }, 'no_conflict'],
    ['resolve', { fields: { title: 'igny8' } }, 'no_conflict'],
    ['undo', undefined, 'nothing_to_undo'],
    ['retry', undefined, 'not_failed'],
  ]
  for (const [action, body, code] of attempts) {
    expect(refusal(await content(site, `POST /${id}/${action}/`, body))).toEqual([409, code])
  }
  for (const body of [{}, { choice: 'both' }, { choice: 'igny8', fields: {} }, { fields: { title: 'mine' } }]) {
    expect(refusal(await content(site, `POST /${id}/resolve/`, body))).toEqual([400, 'validation_error'])
  }
})

test('an item that there is not is a 404 for every action', async () => {
  const requests: [string, unknown?][] = [
    ['GET /item_0'],
    ['PATCH /item_0', { title: 'A' }],
    ['DELETE /item_0'],
    ['DELETE /item_0?permanently=true'],
    ['POST /item_0/restore/'],
    ['POST /item_0/resolve/', { choice: 'igny8' }],
    ['POST /item_0/undo/'],
    ['POST /item_0/retry/'],
  ]
  for (const [request, body] of requests) {
    expect(refusal(await content(site, request, body))).toEqual([404, 'item_not_found'])
  }
})

describe('who may do what with content', () => {
  test('T38 a viewer reads, an editor writes', async () => {
    const { id } = await create({ title: 'A' })
    const viewer = await addMember(site.owner, 'viewer')
    const editor = await addMember(site.owner, 'editor')
    const as = ({ token }: typeof viewer) => ({ token, headers: inAccount(site.owner) })
    expect((await call(`GET ${site.content}/${id}/`, as(viewer))).status).toBe(200)
    const edit = { body: { title: 'B' } }
    const refused = await call(`PATCH ${site.content}/${id}/`, { ...as(viewer), ...edit })
    expect(refusal(refused)).toEqual([403, 'role_too_low'])
    expect((await call(`PATCH ${site.content}/${id}/`, { ...as(editor), ...edit })).status).toBe(200)
  })

  test('T38 a key needs the scope, and has its own site alone', async () => {
    const reader = await createTestKey(site.owner, site.siteId, { scopes: ['content:read'] })
    expect((await content(site, 'GET ?limit=1', undefined, reader.key)).status).toBe(200)
    const refused = await content(site, 'POST /', { title: 'A' }, reader.key)
    expect(refusal(refused)).toEqual([403, 'insufficient_scope'])
    const sibling = await createTestSite(site.owner)
    for (const [method, body] of [['GET'], ['POST', { title: 'A' }]] as const) {
      const answer = await call(`${method} /api/v1/sites/${sibling}/content/`, { token: site.key, body })
      expect(refusal(answer)).toEqual([404, 'site_not_found'])
    }
  })

  test('T38 the content of another account is answered as that of a site that does not exist', async () => {
    const { id } = await create({ title: 'A' })
    const { token } = await signUpPerson('Eve')
    const unknown = `/api/v1/sites/site_${'0'.repeat(32)}/content`
    for (const rest of ['/', `/${id}/`]) {
      const [theirs, nobodys] = [
        await call(`GET ${site.content}${rest}`, { token }),
        await call(`GET ${unknown}${rest}`, { token }),
      ]
      expect(refusal(theirs)).toEqual([404, 'site_not_found'])
      expect({ ...theirs.body, request_id: '' }).toEqual({ ...nobodys.body, request_id: '' })
    }
  })

  test('T39 a revoked key writes nothing, though the edge still lets it in', async () => {
    const { id } = await create({ title: 'A' })
    const { key, id: keyId } = await createTestKey(site.owner, site.siteId)
    expect((await content(site, `PATCH /${id}`, { title: 'B' }, key)).status).toBe(200)
    const hash = await hashApiKey(readConfig(env).apiKeyPepper, key)
    const copy = await env.API_KEYS.get(hash)
    await call(`DELETE /api/v1/sites/${site.siteId}/api-keys/${keyId}/`, { token: site.owner.token })
    await env.API_KEYS.put(hash, copy ?? '')
    const before = await readItem(site, id)
    const attempts: [string, unknown?][] = [
      ['POST /', { title: 'New' }],
      [`PATCH /${id}`, { title: 'C' }],
      [`DELETE /${id}`],
      [`DELETE /${id}?permanently=true`],
      [`POST /${id}/restore/`],
      [`POST /${id}/resolve/`, { choice: 'igny8' }],
      [`POST /${id}/undo/`],
      [`POST /${id}/retry/`],
    ]
    for (const [request, body] of attempts) {
      expect([request, ...refusal(await content(site, request, body, key))]).toEqual([request, 401, 'api_key_revoked'])
    }
    expect(await readItem(site, id)).toEqual(before)
    expect((await content(site, 'GET ?q=New')).body.results).toEqual([])
  })
})

describe('a change', () => {
  test('is sent at once if two-way sync is on', async () => {
    const both = await connectWordPress({ owner: site.owner, twoWay: true })
    const item = await create({ title: 'A', status: 'publish' }, both)
    const sent = await eventually(both, item.id, { state: 'synced' })
    const post = both.model.post(Number(sent.external_id))
    expect([post.title, post.status]).toEqual(['A', 'publish'])
    await content(both, `PATCH /${item.id}`, { title: 'B' })
    await vi.waitFor(() => expect(both.model.post(post.id).title).toBe('B'))
    await content(both, `DELETE /${item.id}`)
    await eventually(both, item.id, { state: 'synced', status: 'trash' })
    expect(both.model.post(post.id).status).toBe('trash')
    await content(both, `DELETE /${item.id}?permanently=true`)
    await vi.waitFor(() => expect(both.model.site.posts.get(post.id)).toBeUndefined())
    await eventually(both, item.id, { state: 'deleted' })
  })

  test('made while another one is on its way travels too', async () => {
    const both = await connectWordPress({ owner: site.owner, twoWay: true })
    const item = await create({ title: 'A' }, both)
    const changes = Array.from({ length: 10 }, (_, n) => content(both, `PATCH /${item.id}`, { title: `A${n}` }))
    await Promise.all(changes)
    const last = await readItem(both, item.id)
    const sent = await eventually(both, item.id, { state: 'synced', title: last.title })
    expect(both.model.post(Number(sent.external_id)).title).toBe(last.title)
    expect(both.model.site.posts.byId('post')).toHaveLength(1)
  })

  test.each<[string, (at: ContentSite) => Promise<unknown>]>([
    ['two-way sync is off', async () => undefined],
    ['sync is off', ({ path, owner }) => call(`PATCH ${path}/`, { token: owner.token, body: { sync_enabled: false } })],
    [
      'the integration is off',
      ({ path, owner }) => call(`PATCH ${path}/`, { token: owner.token, body: { is_active: false } }),
    ],
    ['there is no integration', ({ path, owner }) => call(`DELETE ${path}/`, { token: owner.token })],
  ])('waits where %s', async (name, switchOff) => {
    const at = await connectWordPress({ owner: site.owner, twoWay: name !== 'two-way sync is off' })
    await switchOff(at)
    const item = await create({ title: 'A' }, at)
    expect((await siteObject(at.siteId).runs()).currentRun).toBeNull()
    expect((await readItem(at, item.id)).state).toBe('local_ahead')
    expect(at.model.site.posts.byId('post')).toHaveLength(0)
  })

  test('is stored even where it can not be queued', async () => {
    const both = await connectWordPress({ owner: site.owner, twoWay: true })
    const bindings = {
      SITE_SYNC: {
        getByName: (name: string) => ({
          createItem: (...args: Parameters<ReturnType<typeof siteObject>['createItem']>) =>
            siteObject(name).createItem(...args),
          enqueueChange: () => Promise.reject(new Error('object not reached')),
        }),
      } as unknown as Env['SITE_SYNC'],
    }
    const answer = await call(`POST ${both.content}/`, { token: both.key, body: { title: 'A' }, bindings })
    expect(answer.status).toBe(201)
    await quiet(both)
    expect((await readItem(both, answer.body.id)).state).toBe('local_ahead')
  })
})
