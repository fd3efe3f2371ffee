/** Connecting that begins in the app: the look for the plugin, and the request to it (docs/connect.md). */
import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { auditLog, memberships } from '../../src/db/schema/index.ts'
import { approve, type Asking, codeIn, exchange, question, startAsking } from '../support/consent.ts'
import { addMember, inAccount, signUpPerson, type Person } from '../support/identity.ts'
import { connectSite, d1, movableClock } from '../support/integration.ts'
import { call, refusal } from '../support/openapi.ts'
import { type ModelSite, playInternet, startModelSite } from '../support/plugin.ts'

let owner: Person
let site: ModelSite
let asking: Asking
beforeAll(playInternet)
beforeEach(async () => {
  owner = await signUpPerson('Ada')
  site = startModelSite()
  asking = await startAsking(site.url)
  site.signingSecret = asking.signingSecret
})

const actionsOf = async ({ accountId }: Person) =>
  (await d1().select().from(auditLog).where(eq(auditLog.accountId, accountId)).orderBy(auditLog.seq)).map(
    ({ action }) => action,
  )

describe('a look for the plugin', () => {
  const addSite = async () =>
    (await call('POST /api/v1/sites/', { token: owner.token, body: { name: 'Mine', url: site.url } })).body.id
  const look = (siteId: string) => call('POST /api/v1/connect/look/', { token: owner.token, body: { site_id: siteId } })

  test('says whether it is there, is missing, or can’t be seen, and leaves no trace', async () => {
    const siteId = await addSite()
    site.fault = { kind: 'not_connected' }
    expect((await look(siteId)).body).toEqual({ plugin: 'there', reason: null })
    site.fault = { kind: 'no_plugin' }
    expect((await look(siteId)).body).toMatchObject({ plugin: 'missing', reason: { code: 'plugin_not_found' } })
    site.fault = { kind: 'down' }
    expect((await look(siteId)).body.plugin).toBe('unknown')
    const listed = await call('GET /api/v1/integration/integrations/', { token: owner.token })
    expect(listed.body.results).toEqual([])
    expect((await actionsOf(owner)).slice(1)).toEqual(['site.created'])
  })

  test('is for the account’s own sites', async () => {
    const siteId = await addSite()
    const stranger = await signUpPerson()
    const answer = await call('POST /api/v1/connect/look/', { token: stranger.token, body: { site_id: siteId } })
    expect(refusal(answer)).toEqual([404, 'site_not_found'])
    expect(site.requests).toEqual([])
  })
})

describe('a request that begins in the app', () => {
  const start = (person: Person, siteId: string) =>
    call('POST /api/v1/connect/start/', { token: person.token, body: { site_id: siteId } })
  const describeRequest = (token: string, siteUrl: string) =>
    call('POST /api/v1/connect/describe/', { body: { token, site_url: siteUrl } })
  const tokenIn = (answer: Awaited<ReturnType<typeof start>>) =>
    new URL(answer.body.approve_url).searchParams.get('igny8_connect') ?? ''
  const addSite = async (person: Person) =>
    (await call('POST /api/v1/sites/', { token: person.token, body: { name: 'Mine', url: site.url } })).body.id
  const asks = (token: string): Asking => ({ ...asking, ask: { ...asking.ask, token } })

  test('leads to the site itself, whose plugin learns who asks, and spares the second question', async () => {
    const siteId = await addSite(owner)
    const started = await start(owner, siteId)
    expect(started.status).toBe(200)
    expect(started.body.approve_url.startsWith(`${site.url}/?igny8_connect=`)).toBe(true)
    const { body } = await describeRequest(tokenIn(started), `${site.url}/`)
    expect(body).toMatchObject({ site_name: 'Mine', account_name: 'Ada’s account', person_email: owner.email })
    expect((await question(owner, asks(tokenIn(started)))).body).toMatchObject({ consented: true, refusal: null })
    expect((await exchange(asking, codeIn(await approve(owner, asks(tokenIn(started)))))).status).toBe(201)
  })

  test('spares nothing to anybody else, for another site, or in another account', async () => {
    const token = tokenIn(await start(owner, await addSite(owner)))
    const admin = await addMember(owner, 'admin')
    expect((await question(admin, asks(token), owner)).body.consented).toBe(false)
    await addSite(admin)
    expect((await question(admin, asks(token))).body.consented).toBe(false)
    const other = startModelSite()
    await call('POST /api/v1/sites/', { token: owner.token, body: { name: 'Other', url: other.url } })
    const elsewhere = await startAsking(other.url)
    const withToken = { ...elsewhere, ask: { ...elsewhere.ask, token } }
    expect((await question(owner, withToken)).body.consented).toBe(false)
  })

  test('is always a question where a connection would be replaced', async () => {
    const known = await connectSite(owner)
    const token = tokenIn(await start(owner, known.siteId))
    const again = await startAsking(known.wordpress.url)
    const { body } = await question(owner, { ...again, ask: { ...again.ask, token } })
    expect([body.consented, body.replaces.integration_id]).toEqual([false, known.integrationId])
  })

  test('is refused where it was changed, has expired, or is for another address', async () => {
    const clock = movableClock()
    const token = tokenIn(await start(owner, await addSite(owner)))
    const parts = token.split('.')
    for (const index of parts.keys()) {
      const forged = parts.map((part, at) =>
        at === index ? `${part.slice(0, -1)}${part.endsWith('0') ? '1' : '0'}` : part,
      )
      expect(refusal(await describeRequest(forged.join('.'), site.url))).toEqual([400, 'connect_request_invalid'])
      expect((await question(owner, asks(forged.join('.')))).body.consented).toBe(false)
    }
    expect(refusal(await describeRequest(token, startModelSite().url))).toEqual([409, 'connect_code_other_site'])
    clock.advance(15 * 60_000)
    expect(refusal(await describeRequest(token, site.url))).toEqual([410, 'connect_request_expired'])
    expect((await question(owner, asks(token))).body.consented).toBe(false)
  })

  test('tells nothing of a person who has left the account', async () => {
    const siteId = await addSite(owner)
    const admin = await addMember(owner, 'admin')
    const started = await call('POST /api/v1/connect/start/', {
      token: admin.token,
      headers: inAccount(owner),
      body: { site_id: siteId },
    })
    await d1().delete(memberships).where(eq(memberships.userId, admin.userId))
    expect(refusal(await describeRequest(tokenIn(started), site.url))).toEqual([400, 'connect_request_invalid'])
  })

  test('is for sites of the account that are switched on', async () => {
    const siteId = await addSite(owner)
    expect(refusal(await start(await signUpPerson(), siteId))).toEqual([404, 'site_not_found'])
    await call(`PATCH /api/v1/sites/${siteId}/`, { token: owner.token, body: { is_active: false } })
    expect(refusal(await start(owner, siteId))).toEqual([403, 'site_inactive'])
  })
})
