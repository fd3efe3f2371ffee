import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { PLATFORMS } from '../../src/contract/integrations.ts'
import { syncEvents } from '../../src/db/events/schema.ts'
import { integrations } from '../../src/db/schema/index.ts'
import { addMember, createTestKey, createTestSite, inAccount, signUpPerson } from '../support/identity.ts'
import {
  COLLECTION,
  connectSite,
  connectSiteWithStructure,
  createSiteWithKey,
  d1,
  eventsD1,
  lastEvent,
  readIntegration,
  siteObject,
} from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'
import { playInternet } from '../support/plugin.ts'

beforeAll(playInternet)

const CREATE = `POST ${COLLECTION}/`

async function createIntegration() {
  const site = await createSiteWithKey()
  const body = { site_id: site.siteId, api_key: site.key }
  const answer = await call(CREATE, { token: site.owner.token, body })
  expect(answer.status).toBe(201)
  return { ...site, integration: answer.body, path: `${COLLECTION}/${answer.body.id}` }
}

describe('creating an integration', () => {
  test('takes the address of the site, shows the key masked, and records it', async () => {
    const { integration, siteId, key, wordpress } = await createIntegration()
    expect(integration).toMatchObject({
      site_id: siteId,
      platform: 'wordpress',
      site_url: wordpress.url,
      is_active: true,
      sync_enabled: true,
      sync_status: 'pending',
      connection: 'not_connected',
      connection_reason: null,
      api_key: `${key.slice(0, 10)}…${key.slice(-4)}`,
      config_json: {},
      last_sync_at: null,
    })
    expect(await lastEvent(integration.id, 'create')).toMatchObject({ success: true, code: null, siteId })
    expect(wordpress.requests).toEqual([])
  })

  test('the whole key is in no answer and in no row', async () => {
    const { integration, key, path, owner } = await createIntegration()
    const answers = await Promise.all(
      ['', '/content-types', '/sync-status', '/events', '/debug-status'].map((rest) =>
        call(`GET ${path}${rest}`, { token: owner.token }),
      ),
    )
    const rows = await d1().select().from(integrations).where(eq(integrations.id, integration.id))
    const events = await eventsD1().select().from(syncEvents).where(eq(syncEvents.integrationId, integration.id))
    const seen = JSON.stringify([answers, rows, events])
    expect(seen).toContain(integration.id)
    expect(seen).not.toContain(key.slice(10, 48))
  })

  test('a second one of the site is refused, also when both come at once', async () => {
    const site = await createSiteWithKey()
    const body = { site_id: site.siteId, api_key: site.key }
    const answers = await Promise.all(Array.from({ length: 5 }, () => call(CREATE, { token: site.key, body })))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409])
    expect(refusal(await call(CREATE, { token: site.owner.token, body }))).toEqual([409, 'integration_exists'])
    expect(await d1().$count(integrations, eq(integrations.siteId, site.siteId))).toBe(1)
  })

  test.each(PLATFORMS.filter((platform) => platform !== 'wordpress'))('%s is not supported yet', async (platform) => {
    const site = await createSiteWithKey()
    const body = { site_id: site.siteId, api_key: site.key, platform }
    expect(refusal(await call(CREATE, { token: site.key, body }))).toEqual([501, 'unsupported_platform'])
    expect(await d1().$count(integrations, eq(integrations.siteId, site.siteId))).toBe(0)
  })

  test('of WordPress requires an API key, and says in which field', async () => {
    const site = await createSiteWithKey()
    const answer = await call(CREATE, { token: site.key, body: { site_id: site.siteId } })
    expect(refusal(answer)).toEqual([400, 'validation_error'])
    expect(answer.body.errors).toEqual([expect.objectContaining({ path: 'body.api_key', code: 'required' })])
  })

  test('names every field that is not valid', async () => {
    const { key, siteId } = await createSiteWithKey()
    const body = { site_id: siteId, api_key: key, site_url: 'ftp://example.com', config_json: { conflict_policy: 'x' } }
    const answer = await call(CREATE, { token: key, body })
    expect(refusal(answer)).toEqual([400, 'validation_error'])
    expect(answer.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'body.site_url',
      'body.config_json.conflict_policy',
    ])
  })

  test('takes no key but an active one of this very site', async () => {
    const site = await createSiteWithKey()
    const other = await createSiteWithKey(site.owner)
    const stranger = await createSiteWithKey()
    const revoked = await createTestKey(site.owner, site.siteId)
    await call(`DELETE /api/v1/sites/${site.siteId}/api-keys/${revoked.id}/`, { token: site.owner.token })
    const mistyped = site.key.slice(0, -1) + (site.key.endsWith('0') ? '1' : '0')
    for (const apiKey of [other.key, stranger.key, revoked.key, mistyped, 'igny8_', 'x'.repeat(200)]) {
      const body = { site_id: site.siteId, api_key: apiKey }
      expect(refusal(await call(CREATE, { token: site.owner.token, body }))).toEqual([403, 'invalid_api_key'])
    }
    expect(await d1().$count(integrations, eq(integrations.siteId, site.siteId))).toBe(0)
  })

  test('T38 tells nothing of sites that are not the caller’s', async () => {
    const [mine, foreign] = [await createSiteWithKey(), await createSiteWithKey()]
    const answers = await Promise.all(
      [foreign.siteId, 'site_00000000000000000000000000000000'].map((id) =>
        call(CREATE, { token: mine.key, body: { site_id: id, api_key: foreign.key } }),
      ),
    )
    for (const answer of answers) expect(refusal(answer)).toEqual([404, 'site_not_found'])
  })
})

describe('listing integrations', () => {
  test('shows the account’s own, by site and page by page', async () => {
    const first = await connectSite()
    const others = [await connectSite(first.owner), await connectSite(first.owner)]
    await connectSite()
    const ids = [first, ...others].map(({ integrationId }) => integrationId)
    const { token } = first.owner
    const seen: string[] = []
    for (let next: string | null = ''; next !== null;) {
      const page = await call(`GET ${COLLECTION}/?limit=2${next && `&cursor=${next}`}`, { token })
      expect(page.body.results.length).toBeLessThanOrEqual(2)
      seen.push(...page.body.results.map(({ id }: { id: string }) => id))
      next = page.body.next
    }
    expect(seen).toEqual(ids)
    const ofSite = await call(`GET ${COLLECTION}/?site_id=${others[0]?.siteId}`, { token })
    expect(ofSite.body.results.map(({ id }: { id: string }) => id)).toEqual([ids[1]])
    const own = await call(`GET ${COLLECTION}/`, { token: first.key })
    expect(own.body.results.map(({ id }: { id: string }) => id)).toEqual([ids[0]])
    const foreign = await call(`GET ${COLLECTION}/?site_id=${others[0]?.siteId}`, { token: first.key })
    expect(foreign.body).toEqual({ results: [], next: null })
  })

  test.each([
    ['cursor=nonsense', 'invalid_cursor'],
    ["cursor=int_' OR 1=1 --", 'invalid_cursor'],
    ['limit=0', 'validation_error'],
    ['limit=201', 'validation_error'],
    ['limit=ten', 'validation_error'],
    ['limit=1&limit=2', 'validation_error'],
    [`site_id=${'x'.repeat(65)}`, 'validation_error'],
  ])('refuses ?%s', async (query, code) => {
    const { token } = await signUpPerson()
    expect(refusal(await call(`GET ${COLLECTION}/?${encodeURI(query)}`, { token }))).toEqual([400, code])
  })
})

describe('changing an integration', () => {
  test('changes what was sent, and nothing else', async () => {
    const { path, owner, integration } = await createIntegration()
    const body = { config_json: { conflict_policy: 'newest' }, sync_enabled: false }
    const answer = await call(`PATCH ${path}/`, { token: owner.token, body })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ ...integration, ...body, updated_at: answer.body.updated_at })
    expect(await lastEvent(integration.id, 'update')).toMatchObject({ success: true })
    expect((await call(`GET ${path}/`, { token: owner.token })).body).toEqual(answer.body)
  })

  test('an address that changes is not trusted with the endpoint of the old one', async () => {
    const site = await connectSite()
    const body = { site_url: 'https://moved.example.com' }
    const answer = await call(`PATCH ${site.path}/`, { token: site.owner.token, body })
    expect(answer.body.site_url).toBe(body.site_url)
    expect(await readIntegration(site.integrationId)).toMatchObject({ commandsUrl: null })
  })

  test('switched off it is disabled, switched on it waits for its next health check', async () => {
    const { path, owner, integrationId } = await connectSiteWithStructure()
    const patch = (body: unknown) => call(`PATCH ${path}/`, { token: owner.token, body })
    expect((await patch({ is_active: false })).body).toMatchObject({ is_active: false, connection: 'disabled' })
    expect(refusal(await call(`POST ${path}/sync/`, { token: owner.token, body: {} }))).toEqual([409, 'sync_disabled'])
    expect((await patch({ is_active: true })).body).toMatchObject({ is_active: true, connection: 'structure_syncing' })
    const tested = await call(`POST ${path}/test-connection/`, { token: owner.token })
    expect(tested.body.success).toBe(true)
    expect(await readIntegration(integrationId)).toMatchObject({ connection: 'ready' })
  })

  test('takes another key of its site alone', async () => {
    const { path, owner, siteId, key } = await createIntegration()
    const another = await createTestKey(owner, siteId)
    const foreign = await createSiteWithKey(owner)
    const patch = (apiKey: string) => call(`PATCH ${path}/`, { token: owner.token, body: { api_key: apiKey } })
    expect((await patch(another.key)).body.api_key).toBe(`${another.key.slice(0, 10)}…${another.key.slice(-4)}`)
    expect(refusal(await patch(foreign.key))).toEqual([403, 'invalid_api_key'])
    expect((await patch(key)).body.api_key).toContain(key.slice(-4))
  })

  test.each([
    ['nothing', {}],
    ['a platform', { platform: 'shopify' }],
    ['an unknown setting', { config_json: { content_types: {} } }],
    ['an address that is none', { site_url: 'javascript:alert(1)' }],
    ['a null', { is_active: null }],
  ])('refuses %s', async (_name, body) => {
    const { path, owner, integration } = await createIntegration()
    expect(refusal(await call(`PATCH ${path}/`, { token: owner.token, body }))).toEqual([400, 'validation_error'])
    expect((await call(`GET ${path}/`, { token: owner.token })).body).toEqual(integration)
  })
})

describe('deleting an integration', () => {
  test('takes it away, keeps its record, and ends its runs', async () => {
    const site = await connectSite()
    site.wordpress.fault = { kind: 'status', status: 500 }
    const run = await call(`POST ${site.path}/sync/`, { token: site.key, body: {} })
    const answer = await call(`DELETE ${site.path}/`, { token: site.owner.token })
    expect([answer.status, answer.body]).toEqual([204, null])
    expect(refusal(await call(`GET ${site.path}/`, { token: site.key }))).toEqual([404, 'integration_not_found'])
    expect(refusal(await call(`DELETE ${site.path}/`, { token: site.key }))).toEqual([404, 'integration_not_found'])
    const { currentRun, lastRun } = await siteObject(site.siteId).runs()
    expect(currentRun).toBeNull()
    expect(lastRun).toMatchObject({ id: run.body.id, status: 'cancelled' })
    expect(await lastEvent(site.integrationId, 'delete')).toMatchObject({ success: true })
    const again = await call(CREATE, { token: site.key, body: { site_id: site.siteId, api_key: site.key } })
    expect(again.status).toBe(201)
  })
})

describe('who may', () => {
  test('viewers see no integrations, editors see and change them', async () => {
    const { path, owner } = await createIntegration()
    const viewer = await addMember(owner, 'viewer')
    const editor = await addMember(owner, 'editor')
    const as = (person: typeof viewer) => ({ token: person.token, headers: inAccount(owner) })
    expect(refusal(await call(`GET ${path}/`, as(viewer)))).toEqual([403, 'role_too_low'])
    expect((await call(`GET ${path}/`, as(editor))).status).toBe(200)
    expect((await call(`PATCH ${path}/`, { ...as(editor), body: { sync_enabled: false } })).status).toBe(200)
  })

  test('while its site is switched off an integration rests, whatever a test of it shows', async () => {
    const site = await connectSiteWithStructure()
    const { token } = site.owner
    await call(`PATCH /api/v1/sites/${site.siteId}/`, { token, body: { is_active: false } })
    expect(refusal(await call(`GET ${site.path}/`, { token: site.key }))).toEqual([403, 'site_inactive'])
    const tested = await call(`POST ${site.path}/test-connection/`, { token })
    expect(tested.status).toBe(200)
    const asleep = await call(`GET ${site.path}/`, { token })
    expect(asleep.body).toMatchObject({ connection: 'disabled', connection_reason: 'site_inactive' })
    await call(`PATCH /api/v1/sites/${site.siteId}/`, { token, body: { is_active: true } })
    expect((await call(`GET ${site.path}/`, { token })).body.connection).toBe('not_connected')
  })
})

test('the address of an integration is that of its site, in the one form of addresses', async () => {
  const owner = await signUpPerson()
  const siteId = await createTestSite(owner, 'https://Example.COM/blog/')
  const { key } = await createTestKey(owner, siteId)
  const answer = await call(CREATE, { token: owner.token, body: { site_id: siteId, api_key: key } })
  expect(answer.body.site_url).toBe('https://example.com/blog')
})
