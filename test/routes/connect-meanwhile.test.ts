/** What people decide while a site is being called holds: whoever answers decides how long the call takes. */
import { and, eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { notificationMessages } from '../../src/db/events/schema.ts'
import { apiKeys, auditLog, integrations, sites } from '../../src/db/schema/index.ts'
import { createSigningSecret } from '../../src/lib/signature.ts'
import {
  COLLECTION,
  CONNECT,
  connectBody,
  connectSite,
  createSiteWithKey,
  d1,
  eventsD1,
  readIntegration,
  signedBy,
  type ConnectedSite,
  type TestSite,
} from '../support/integration.ts'
import { passOn } from '../support/notifications.ts'
import { beforeTheWrite } from '../support/meanwhile.ts'
import { objectTables } from '../support/deletions.ts'
import { call, refusal } from '../support/openapi.ts'
import { type ModelSite, playInternet, startModelSite } from '../support/plugin.ts'

beforeAll(playInternet)

/** Does something while a request waits for a site. */
async function during<T>(site: ModelSite, request: () => Promise<T>, work: () => Promise<unknown>): Promise<T> {
  const release = site.hold()
  const before = site.requests.length
  const answer = request()
  await expect.poll(() => site.requests.length).toBeGreaterThan(before)
  await work()
  release()
  return answer
}

const stateOf = async ({ integrationId }: ConnectedSite) => {
  const row = await readIntegration(integrationId)
  return [row?.siteUrl, row?.credentials]
}
const revoke = ({ siteId, keyId, owner }: ConnectedSite) =>
  call(`DELETE /api/v1/sites/${siteId}/api-keys/${keyId}/`, { token: owner.token })
const switchOff = ({ path, owner }: ConnectedSite) =>
  call(`PATCH ${path}/`, { token: owner.token, body: { is_active: false } })
const change = async ({ path, owner }: ConnectedSite) =>
  (await call(`GET ${path}/connection-change/`, { token: owner.token })).body.change
const decide = async (site: ConnectedSite, verb: 'confirm' | 'refuse', id: string) =>
  call(`POST ${site.path}/connection-change/${verb}/`, { token: site.owner.token, body: { change_id: id } })
const ask = (site: ConnectedSite, secret = createSigningSecret()) =>
  call(CONNECT, { body: { ...connectBody(site), signing_secret: secret } })

async function move(site: ConnectedSite) {
  const there = startModelSite()
  const secret = createSigningSecret()
  there.signingSecret = site.wordpress.signingSecret
  there.pendingSecrets.push(secret)
  const body = { site_url: there.url, signing_secret: secret }
  const headers = await signedBy(site.wordpress.signingSecret, body)
  return { there, send: () => call(`POST ${site.path}/move/`, { token: site.key, body, headers }) }
}

describe('a move', () => {
  test.each([
    ['the key is revoked', revoke],
    ['the connection is switched off', switchOff],
  ])('is not made if meanwhile %s', async (_name, decision) => {
    const site = await connectSite()
    const { there, send } = await move(site)
    let before: unknown
    const answer = await during(there, send, async () => {
      expect((await decision(site)).status).toBeLessThan(300)
      before = await stateOf(site)
    })
    expect(refusal(answer)).toEqual([409, 'conflict'])
    expect(await stateOf(site)).toEqual(before)
  })

  test('that is not made leaves what waits for a person', async () => {
    const site = await connectSite()
    await ask(site)
    const { id } = await change(site)
    const { there, send } = await move(site)
    await during(there, send, () =>
      call(`PATCH ${site.path}/`, { token: site.owner.token, body: { is_active: false } }),
    )
    expect((await change(site)).id).toBe(id)
  })
})

describe('a change that a person has confirmed', () => {
  test.each([
    ['it is refused', (site: ConnectedSite, id: string) => decide(site, 'refuse', id)],
    ['the key that asked is revoked', revoke],
  ])('is not made if meanwhile %s', async (_name, decision) => {
    const site = await connectSite()
    const before = await stateOf(site)
    const secret = createSigningSecret()
    await ask(site, secret)
    const { id } = await change(site)
    site.wordpress.signingSecret = secret
    const answer = await during(
      site.wordpress,
      () => decide(site, 'confirm', id),
      () => decision(site, id),
    )
    expect(refusal(answer)).toEqual([409, 'conflict'])
    expect(await stateOf(site)).toEqual(before)
  })

  test('is not pushed aside by another request within a minute', async () => {
    const site = await connectSite()
    await ask(site)
    const { id } = await change(site)
    site.wordpress.fault = { kind: 'down' }
    await decide(site, 'confirm', id)
    expect((await change(site)).state).toBe('confirmed')
    expect(refusal(await ask(site))).toEqual([429, 'too_many_requests'])
    expect((await change(site)).id).toBe(id)
  })
})

describe('a first connection', () => {
  const integrationsOf = ({ siteId }: { siteId: string }) =>
    d1().select().from(integrations).where(eq(integrations.siteId, siteId))
  const connect = (site: { siteId: string }, body: object) => call(CONNECT, { body: { ...body, site_id: site.siteId } })

  test('is not made if meanwhile its site is deleted: nothing is left of it', async () => {
    const site = await createSiteWithKey()
    const answer = await during(
      site.wordpress,
      () => connect(site, connectBody(site)),
      async () => {
        await d1().delete(integrations).where(eq(integrations.siteId, site.siteId))
        await d1().delete(sites).where(eq(sites.id, site.siteId))
      },
    )
    expect(refusal(answer)).toEqual([409, 'conflict'])
    expect(await integrationsOf(site)).toEqual([])
  })

  test.each([
    ['is called', (site: TestSite) => connect(site, connectBody(site))],
    ['is called for a person', (site: TestSite) => call(CONNECT, { body: connectBody(site), token: site.owner.token })],
  ])('whose site is deleted in the app while it %s finds no site, and leaves nothing', async (_name, request) => {
    const site = await createSiteWithKey()
    const answer = await during(
      site.wordpress,
      () => request(site),
      async () => {
        const deleted = await call(`DELETE /api/v1/sites/${site.siteId}/`, { token: site.owner.token })
        expect(deleted.status).toBe(204)
      },
    )
    expect(refusal(answer)).toEqual([404, 'site_not_found'])
    expect(await integrationsOf(site)).toEqual([])
    expect(await objectTables(site.siteId)).toEqual([])
  })

  test('is not made if meanwhile its key is revoked', async () => {
    const site = await createSiteWithKey()
    const answer = await during(
      site.wordpress,
      () => connect(site, connectBody(site)),
      () => d1().update(apiKeys).set({ revokedAt: new Date() }).where(eq(apiKeys.id, site.keyId)),
    )
    expect(refusal(answer)).toEqual([409, 'conflict'])
    expect(await integrationsOf(site)).toEqual([])
  })
})

test.each([
  ['a key', 3, (site: ConnectedSite) => `POST /api/v1/sites/${site.siteId}/api-keys/`, () => ({})],
  [
    'the successor of a key',
    3,
    (site: ConnectedSite) => `POST /api/v1/sites/${site.siteId}/api-keys/${site.keyId}/rotate/`,
    () => ({ grace_s: 60 }),
  ],
  [
    'an integration',
    2,
    () => `POST ${COLLECTION}/`,
    ({ siteId, key }: ConnectedSite) => ({ site_id: siteId, platform: 'wordpress', api_key: key }),
  ],
])('%s is not made for a site that is deleted just before', async (_name, statements, requestOf, bodyOf) => {
  const site = await connectSite()
  const { token } = site.owner
  await call(`DELETE ${site.path}/`, { token })
  const bindings = beforeTheWrite(() => call(`DELETE /api/v1/sites/${site.siteId}/`, { token }), statements)
  const answer = await call(requestOf(site), { token, body: bodyOf(site), bindings })
  expect(answer.status === 404 || answer.status === 409).toBe(true)
  for (const table of [apiKeys, integrations])
    expect(await d1().select().from(table).where(eq(table.siteId, site.siteId))).toEqual([])
  const records = await d1().select().from(auditLog).where(eq(auditLog.accountId, site.owner.accountId))
  expect(records.at(-1)?.action).toBe('site.deleted')
})

test('a person who connects is named in the messages, and not their address, which would outlast them', async () => {
  const site = await connectSite()
  site.wordpress.signingSecret = createSigningSecret()
  const headers = { 'cf-connecting-ip': '203.0.113.77' }
  expect((await call(CONNECT, { body: connectBody(site), token: site.owner.token, headers })).status).toBe(200)
  await passOn()
  const own = eq(notificationMessages.accountId, site.owner.accountId)
  const messages = await eventsD1()
    .select()
    .from(notificationMessages)
    .where(and(own, eq(notificationMessages.type, 'connection.security')))
  expect(messages.map(({ body }) => JSON.parse(body).data)).toMatchObject([
    { actor: `user:${site.owner.userId}`, requested_from: null },
  ])
})
