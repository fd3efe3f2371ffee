import { beforeAll, describe, expect, test } from 'vitest'
import type { Structure } from '../../src/contract/structure.ts'
import { writeProjection } from '../../src/db/projection.ts'
import { createTestContext } from '../support/identity.ts'
import {
  connectSite,
  connectSiteWithStructure,
  countingBindings,
  createSiteWithKey,
  eventsD1,
  lastEvent,
  readIntegration,
  type ConnectedSite,
} from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'
import { playInternet, sampleStructure } from '../support/plugin.ts'
import { syncEvents } from '../../src/db/events/schema.ts'
import { eq } from 'drizzle-orm'

beforeAll(playInternet)

const push = (site: ConnectedSite, body: unknown, token = site.key) =>
  call(`POST ${site.path}/update-structure/`, { token, body })
const readTypes = async (site: ConnectedSite) =>
  (await call(`GET ${site.path}/content-types/`, { token: site.key })).body
const patchTypes = (site: ConnectedSite, body: unknown) =>
  call(`PATCH ${site.path}/content-types/`, { token: site.owner.token, body })

describe('update-structure', () => {
  test('stores what the plugin pushed, where it has always been, and makes the connection ready', async () => {
    const site = await connectSite()
    const answer = await push(site, sampleStructure())
    expect(answer.body).toMatchObject({
      success: true,
      integration_id: site.integrationId,
      post_types: 3,
      taxonomies: 1,
    })
    const { body } = await call(`GET ${site.path}/`, { token: site.key })
    expect(body.connection).toBe('ready')
    expect(body.config_json).toMatchObject({
      plugin_connection_enabled: true,
      two_way_sync_enabled: true,
      content_types: {
        post_types: {
          post: { label: 'Posts', count: 123, enabled: true, fetch_limit: 100 },
          product: { label: 'Products', count: 7, enabled: false, fetch_limit: 100 },
        },
        taxonomies: { category: { label: 'Categories', count: 9, enabled: true, fetch_limit: 100 } },
        plugin_connection_enabled: true,
        two_way_sync_enabled: true,
        last_structure_fetch: answer.body.last_structure_fetch,
      },
    })
    const event = await lastEvent(site.integrationId, 'update_structure')
    expect(event).toMatchObject({ success: true, counts: { post_types: 3, taxonomies: 1 } })
  })

  test('is one write of D1', async () => {
    const site = await connectSiteWithStructure()
    const { bindings, counts } = countingBindings()
    const answer = await call(`POST ${site.path}/update-structure/`, {
      token: site.key,
      body: sampleStructure(),
      bindings,
    })
    expect(answer.status).toBe(200)
    expect(counts).toEqual({ queries: 0, keyReads: 1 })
  })

  test('leaves an event if the structure has changed, and none for the daily push of the same', async () => {
    const site = await connectSiteWithStructure()
    const { id } = (await lastEvent(site.integrationId, 'update_structure')) ?? {}
    const before = await readTypes(site)
    const answer = await push(site, sampleStructure())
    expect(answer.status).toBe(200)
    expect(await lastEvent(site.integrationId, 'update_structure')).toMatchObject({ id })
    // it was fetched all the same
    expect(answer.body.last_structure_fetch >= before.last_structure_fetch).toBe(true)
    expect((await readTypes(site)).last_structure_fetch).toBe(answer.body.last_structure_fetch)
    const changed = sampleStructure()
    Object.assign(changed.post_types['post'] ?? {}, { count: 124 })
    await push(site, changed)
    expect((await lastEvent(site.integrationId, 'update_structure'))?.id).not.toBe(id)
  })

  test('takes the place of what was pushed before', async () => {
    const site = await connectSiteWithStructure()
    const next: Structure = { ...sampleStructure(), post_types: {}, taxonomies: {}, two_way_sync_enabled: false }
    expect((await push(site, next)).status).toBe(200)
    const types = await readTypes(site)
    expect(types).toMatchObject({ post_types: {}, taxonomies: {}, two_way_sync_enabled: false })
  })

  test('leaves alone what an editor chose', async () => {
    const site = await connectSiteWithStructure()
    await patchTypes(site, {
      post_types: { post: { enabled: false, fetch_limit: 7 }, product: { enabled: true } },
      taxonomies: { category: { fetch_limit: 3 } },
    })
    const next = sampleStructure()
    next.post_types['post'] = { label: 'Articles', count: 124, enabled: true }
    expect((await push(site, next)).status).toBe(200)
    const { post_types: types, taxonomies } = await readTypes(site)
    expect(types.post).toMatchObject({ label: 'Articles', count: 124, enabled: false, fetch_limit: 7 })
    expect(types.product).toMatchObject({ enabled: true, fetch_limit: 100 })
    expect(taxonomies.category).toMatchObject({ enabled: true, fetch_limit: 3 })
  })

  test('of a type that goes and comes back finds the editor’s choice again', async () => {
    const site = await connectSiteWithStructure()
    await patchTypes(site, { post_types: { page: { fetch_limit: 5 } } })
    const { page: _, ...rest } = sampleStructure().post_types
    await push(site, { ...sampleStructure(), post_types: rest })
    expect((await readTypes(site)).post_types.page).toBeUndefined()
    await push(site, sampleStructure())
    expect((await readTypes(site)).post_types.page.fetch_limit).toBe(5)
  })

  test('does not heal a connection that a test found wanting', async () => {
    const site = await connectSiteWithStructure()
    site.wordpress.fault = { kind: 'status', status: 500 }
    await call(`POST ${site.path}/test-connection/`, { token: site.key })
    expect((await push(site, sampleStructure())).status).toBe(200)
    expect((await readTypes(site)).connection).toBe('degraded')
  })

  const many = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, n) => [`t${n}`, { label: 'T', count: 1, enabled: true }]),
  )
  const withPost = (post: unknown) => ({ ...sampleStructure(), post_types: { post } })
  const good = { label: 'Posts', count: 1, enabled: true }

  test.each<[string, unknown, [number, string]]>([
    ['10,000 types', { ...sampleStructure(), post_types: many }, [400, 'too_many_types']],
    ['a negative count', withPost({ ...good, count: -1 }), [400, 'negative_count']],
    ['a count that is no whole number', withPost({ ...good, count: 1.5 }), [400, 'validation_error']],
    ['a count as text', withPost({ ...good, count: '12' }), [400, 'validation_error']],
    ['markup in a label', withPost({ ...good, label: '<script>alert(1)</script>' }), [400, 'markup_in_label']],
    ['a control character in a label', withPost({ ...good, label: 'a\u0000b' }), [400, 'markup_in_label']],
    ['an empty label', withPost({ ...good, label: ' ' }), [400, 'validation_error']],
    ['a slug that is none', { ...sampleStructure(), post_types: { 'Ö <b>': good } }, [400, 'invalid_slug']],
    ['a slug that is __proto__', { ...sampleStructure(), post_types: { ['__proto__']: good } }, [400, 'invalid_slug']],
    ['a list', { ...sampleStructure(), taxonomies: [good] }, [400, 'validation_error']],
    ['nothing', {}, [400, 'validation_error']],
    ['a body of 2 MB', { ...sampleStructure(), padding: 'x'.repeat(2_000_000) }, [413, 'body_too_large']],
  ])('T44 refuses %s with its own code and fix, and changes nothing', async (_name, body, expected) => {
    const site = await connectSiteWithStructure()
    const before = await readIntegration(site.integrationId)
    const answer = await push(site, body)
    expect(refusal(answer)).toEqual(expected)
    expect(answer.body.fix.length).toBeGreaterThan(10)
    expect(JSON.stringify(answer.body).length).toBeLessThan(10_000)
    expect(await readIntegration(site.integrationId)).toEqual(before)
    expect(await eventsD1().$count(syncEvents, eq(syncEvents.integrationId, site.integrationId))).toBe(2)
  })

  test('T38 is for the site’s own integration alone', async () => {
    const [site, other] = [await connectSiteWithStructure(), await connectSiteWithStructure()]
    const sibling = await connectSiteWithStructure(site.owner)
    const before = await readIntegration(site.integrationId)
    for (const token of [other.key, other.owner.token, sibling.key]) {
      expect(refusal(await push(site, { ...sampleStructure(), taxonomies: {} }, token))).toEqual([
        404,
        'integration_not_found',
      ])
    }
    expect(await readIntegration(site.integrationId)).toEqual(before)
  })

  test('by a run that was overtaken writes nothing, neither row nor event', async () => {
    const site = await connectSiteWithStructure()
    const before = await readIntegration(site.integrationId)
    const ctx = createTestContext({ kind: 'system', accountId: site.owner.accountId })
    const integrationRef = { integrationId: site.integrationId, accountId: site.owner.accountId, siteId: site.siteId }
    const event = { action: 'sync', startedAt: Date.now() }
    const overtaken = (before?.syncEpoch ?? 0) - 1
    const projection = { epoch: overtaken, structure: sampleStructure(), status: 'success', event } as const
    expect(await writeProjection(ctx, integrationRef, projection)).toBe(false)
    expect(await readIntegration(site.integrationId)).toEqual(before)
    expect(await lastEvent(site.integrationId, 'sync')).toBeUndefined()
  })
})

describe('content-types', () => {
  test('of an integration without a structure are empty', async () => {
    const site = await connectSite()
    expect(await readTypes(site)).toEqual({
      connection: 'structure_syncing',
      health: {
        state: 'structure_syncing',
        reason: null,
        since: expect.any(String),
        last_verified_at: expect.any(String),
        next_check_at: expect.any(String),
      },
      last_structure_fetch: null,
      as_of: null,
      post_types: {},
      taxonomies: {},
      drift_check: {
        state: 'never',
        at: null,
        root: null,
        checked: 0,
        differing: 0,
        repaired: 0,
        requests: 0,
        bytes: 0,
      },
      plugin_connection_enabled: false,
      two_way_sync_enabled: false,
      timezone: null,
    })
  })

  test('are one read of the key and one query of one row', async () => {
    const site = await connectSiteWithStructure()
    const { bindings, counts } = countingBindings()
    const answer = await call(`GET ${site.path}/content-types/`, { token: site.key, bindings })
    expect(answer.status).toBe(200)
    expect(counts).toEqual({ queries: 1, keyReads: 1 })
  })

  test('change as they were asked to, and answer with what they are now', async () => {
    const site = await connectSiteWithStructure()
    const before = await readTypes(site)
    const answer = await patchTypes(site, { post_types: { product: { enabled: true, fetch_limit: 1_000_000 } } })
    expect(answer.status).toBe(200)
    const product = { ...before.post_types.product, enabled: true, fetch_limit: 1_000_000, decided_by: 'igny8' }
    expect(answer.body).toEqual({ ...before, post_types: { ...before.post_types, product } })
    expect(await readTypes(site)).toEqual(answer.body)
    expect(await lastEvent(site.integrationId, 'update_content_types')).toMatchObject({ success: true })
  })

  test('keep both of two changes at once to different types', async () => {
    const site = await connectSiteWithStructure()
    const changes = ['post', 'page', 'product'].map((slug, index) =>
      patchTypes(site, { post_types: { [slug]: { fetch_limit: index + 1 } } }),
    )
    const taxonomy = patchTypes(site, { taxonomies: { category: { enabled: false } } })
    for (const { status } of await Promise.all([...changes, taxonomy])) expect(status).toBe(200)
    const { post_types: types, taxonomies } = await readTypes(site)
    expect(Object.values(types).map((type) => (type as { fetch_limit: number }).fetch_limit)).toEqual([1, 2, 3])
    expect(taxonomies.category.enabled).toBe(false)
  })

  test.each([
    ['unknown', 'unknown_content_type'],
    ['constructor', 'unknown_content_type'],
    ['category', 'unknown_content_type'],
    ['__proto__', 'invalid_slug'],
    ['toString', 'unknown_content_type'],
    ['no slug', 'invalid_slug'],
  ])('refuse %s, which is no post type of the site, and change nothing', async (slug, code) => {
    const site = await connectSiteWithStructure()
    const body = { post_types: { post: { fetch_limit: 1 }, [slug]: { fetch_limit: 1 } } }
    const answer = await patchTypes(site, body)
    expect(refusal(answer)).toEqual([400, code])
    expect(answer.body.errors).toEqual([expect.objectContaining({ path: `body.post_types.${slug}` })])
    expect((await readTypes(site)).post_types.post.fetch_limit).toBe(100)
  })

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['a null', { post_types: null }],
    ['a limit of zero', { post_types: { post: { fetch_limit: 0 } } }],
    ['a limit above a million', { post_types: { post: { fetch_limit: 1_000_001 } } }],
    ['a broken limit', { post_types: { post: { fetch_limit: 1.5 } } }],
    ['a null, which would undo a choice', { post_types: { post: { enabled: null } } }],
    ['a count', { post_types: { post: { count: 5 } } }],
    ['a label', { taxonomies: { category: { label: 'x' } } }],
    ['a flag of the plugin', { two_way_sync_enabled: true }],
  ])('refuse %s', async (_name, body) => {
    const site = await connectSiteWithStructure()
    expect(refusal(await patchTypes(site, body))).toEqual([400, 'validation_error'])
  })

  test('T44 refuse 60,000 types at once, with a short answer', async () => {
    const site = await connectSiteWithStructure()
    const types = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`t${n}`, {}]))
    const answer = await patchTypes(site, { post_types: types })
    expect(refusal(answer)).toEqual([400, 'too_many_types'])
    expect(JSON.stringify(answer.body).length).toBeLessThan(1_000)
  })

  test('of a type called constructor are those of any other', async () => {
    const site = await connectSite()
    const types = { constructor: { label: 'C', count: 1, enabled: true } }
    expect((await push(site, { ...sampleStructure(), post_types: types })).status).toBe(200)
    const { body } = await patchTypes(site, { post_types: { constructor: { fetch_limit: 2 } } })
    expect(Object.getOwnPropertyDescriptor(body.post_types, 'constructor')?.value).toMatchObject({ fetch_limit: 2 })
  })

  test('are there for keys that read, and change for those that write', async () => {
    const { owner } = await createSiteWithKey()
    const site = await connectSiteWithStructure(owner)
    const keyOf = async (scopes: string[]) =>
      (await call(`POST /api/v1/sites/${site.siteId}/api-keys/`, { token: owner.token, body: { scopes } })).body.key
    const reader = await keyOf(['integration:read'])
    const writer = await keyOf(['integration:write'])
    const path = `${site.path}/content-types/`
    const body = { post_types: { post: { fetch_limit: 9 } } }
    expect((await call(`GET ${path}`, { token: reader })).status).toBe(200)
    expect(refusal(await call(`PATCH ${path}`, { token: reader, body }))).toEqual([403, 'insufficient_scope'])
    expect((await call(`PATCH ${path}`, { token: writer, body })).status).toBe(200)
    expect(refusal(await call(`GET ${path}`, { token: writer }))).toEqual([403, 'insufficient_scope'])
  })
})
