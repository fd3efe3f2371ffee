/** What makes polls cheap, and what must hold all the same: tickets, and how often a site is asked to poll. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { TICKET_HEADER } from '../../src/contract/polling.ts'
import { hashApiKey } from '../../src/lib/api-key.ts'
import { issueTicket, readTicket, TICKET_LIFETIME_MS } from '../../src/services/api-keys/ticket.ts'
import { forgetApiKeys } from '../../src/services/api-keys/store.ts'
import { AWAKE_MS } from '../../src/site/replica/tables/transport.ts'
import { callHome, idlePoll, type SendHome } from '../model/polling.ts'
import { connectWordPress, content, playWordPress, syncSite, type ContentSite } from '../support/content.ts'
import { createTestKey } from '../support/identity.ts'
import { countingBindings, movableClock, revokeBehindTheEdge, signedBy, siteObject } from '../support/integration.ts'
import { watch } from '../support/live.ts'
import { call } from '../support/openapi.ts'

beforeAll(playWordPress)

interface Poll {
  ticket?: string | null
  token?: string
  bindings?: Partial<Env>
}

/** A poll that brings nothing. */
async function poll({ path, key, model }: ContentSite, { ticket = null, token = key, bindings = {} }: Poll = {}) {
  const body = idlePoll()
  const headers = await signedBy(model.signingSecret, body)
  const more: Record<string, string> = ticket === null ? {} : { [TICKET_HEADER]: ticket }
  return call(`POST ${path}/poll/`, { token, body, headers: { ...headers, ...more }, bindings })
}

/** A poll that reaches an isolate which knows no keys, and how often it asks KV. */
async function keyReads(site: ContentSite, options: Poll = {}) {
  forgetApiKeys(env.API_KEYS)
  const { counts, bindings } = countingBindings()
  const answer = await poll(site, { ...options, bindings })
  return { answer, keyReads: counts.keyReads, ticket: answer.headers.get(TICKET_HEADER) }
}

const boundTo = async (key: string, now = Date.now()) => {
  const pepper = readConfig(env).apiKeyPepper
  return { pepper, hash: await hashApiKey(pepper, key), now }
}

describe('the ticket of a poll', () => {
  test('comes with the first answer and spares the question to KV from then on', async () => {
    const site = await connectWordPress()
    const first = await keyReads(site)
    expect([first.answer.status, first.keyReads]).toEqual([200, 1])
    expect(first.ticket).toMatch(/^[\w-]+\.[0-9a-f]{64}$/)
    const second = await keyReads(site, { ticket: first.ticket })
    // kept: a new one would be written down by the plugin each time
    expect([second.answer.status, second.keyReads, second.ticket]).toEqual([200, 0, null])
  })

  test('ends after half a day, and is renewed', async () => {
    const site = await connectWordPress()
    const clock = movableClock()
    const { ticket } = await keyReads(site)
    clock.advance(TICKET_LIFETIME_MS + 1_000)
    const later = await keyReads(site, { ticket })
    expect([later.answer.status, later.keyReads]).toEqual([200, 1])
    expect(later.ticket).not.toBeNull()
    expect(later.ticket).not.toBe(ticket)
  })

  test('is worth nothing with another key, changed, or made by somebody else', async () => {
    const site = await connectWordPress()
    const other = await connectWordPress()
    const { ticket } = await keyReads(site)
    const bound = await boundTo(site.key)
    const record = await readTicket(bound, ticket ?? '')
    expect(record).toMatchObject({ key_id: site.keyId, site_id: site.siteId, status: 'active' })
    if (!record) throw new Error('no record')
    const [body = '', signature = ''] = (ticket ?? '').split('.')
    const forged = [
      await issueTicket({ ...bound, pepper: 'another pepper of 32 characters…' }, record),
      await issueTicket(await boundTo(other.key), record),
      // as of a clock that is wrong
      await issueTicket({ ...bound, now: bound.now + TICKET_LIFETIME_MS }, record),
      `${body.slice(0, -2)}AA.${signature}`,
      `${body}.${signature.slice(0, -1)}`,
      body,
      '.',
      'x'.repeat(3_000),
    ]
    for (const text of forged) expect(await readTicket(bound, text)).toBeNull()
    const taken = await keyReads(other, { ticket })
    expect([taken.answer.status, taken.keyReads]).toEqual([200, 1])
    const { key: second } = await createTestKey(site.owner, site.siteId)
    expect((await keyReads(site, { ticket, token: second })).keyReads).toBe(1)
    // the ticket leads to its own site, whose secret another one doesn't have
    expect((await poll(other, { ticket, token: site.key })).body.code).toBe('signature_invalid')
  })

  test('T39 opens nothing to a key that was revoked, and none is given to it', async () => {
    const site = await connectWordPress()
    const { id, key } = await createTestKey(site.owner, site.siteId)
    const { ticket } = await keyReads(site, { token: key })
    await revokeBehindTheEdge({ ...site, wordpress: undefined as never }, { id, key })
    for (const sent of [ticket, null]) {
      const { answer, ticket: renewed } = await keyReads(site, { ticket: sent, token: key })
      expect([answer.status, answer.body.code, renewed]).toEqual([401, 'api_key_revoked', null])
    }
  })

  test('lets nothing pass while the site is switched off', async () => {
    const site = await connectWordPress()
    const { ticket } = await keyReads(site)
    const off = await call(`PATCH /api/v1/sites/${site.siteId}/`, {
      token: site.owner.token,
      body: { is_active: false },
    })
    expect(off.status).toBe(200)
    expect((await poll(site, { ticket })).body.code).toBe('site_inactive')
  })

  test('is taken by polls alone, since other routes rely on KV', async () => {
    const site = await connectWordPress()
    const { ticket } = await keyReads(site)
    forgetApiKeys(env.API_KEYS)
    const { counts, bindings } = countingBindings()
    const headers = { [TICKET_HEADER]: ticket ?? '' }
    const read = await call(`GET ${site.path}/content-types/`, { token: site.key, headers, bindings })
    expect([read.status, counts.keyReads, read.headers.get(TICKET_HEADER)]).toEqual([200, 1, null])
  })
})

/** A site that is served by polling and that nobody has used for a while. */
async function quietSite() {
  const site = await connectWordPress({ twoWay: true })
  site.model.createPost({ title: 'One', status: 'publish' })
  await syncSite(site)
  site.model.faults = { request: () => ({ kind: 'status', status: 403 }) }
  const { owner, siteId, integrationId } = site
  const ref = { accountId: owner.accountId, siteId, integrationId, keyId: null, requestId: 'req_test' }
  expect((await siteObject(siteId).enablePolling(ref)).ok).toBe(true)
  const send: SendHome = async (message) => {
    const answer = await call(`POST ${site.path}/poll/`, {
      token: site.key,
      body: JSON.parse(message.body),
      headers: message.headers,
    })
    return { headers: Object.fromEntries(answer.headers), body: JSON.stringify(answer.body) }
  }
  const interval = async () => (await poll(site)).body.interval_s as number
  const clock = movableClock()
  expect(await interval()).toBe(60)
  clock.advance(AWAKE_MS + 1_000)
  expect(await interval()).toBe(300)
  return { site, clock, interval, pollAll: () => callHome(site.model, send) }
}

describe('a site that polls is asked to poll', () => {
  test('often for a quarter of an hour after somebody looked at its items, and then seldom again', async () => {
    const { site, clock, interval } = await quietSite()
    expect((await content(site, 'GET ?limit=10', undefined, site.owner.token)).status).toBe(200)
    expect(await interval()).toBe(60)
    clock.advance(AWAKE_MS - 60_000)
    expect(await interval()).toBe(60)
    clock.advance(120_000)
    expect(await interval()).toBe(300)
  })

  test('often while somebody watches it', async () => {
    const { site, clock, interval } = await quietSite()
    const { socket } = await watch(site.path, { token: site.owner.token })
    clock.advance(AWAKE_MS + 1_000)
    expect(await interval()).toBe(60)
    socket.close()
    await vi.waitFor(async () => expect(await interval()).toBe(300))
  })

  test('often from an edit on until the site has it, however long that takes', async () => {
    const { site, clock, interval, pollAll } = await quietSite()
    const { body } = await content(site, 'GET ?limit=10', undefined, site.owner.token)
    const item = body.results[0].id
    expect((await content(site, `PATCH /${item}`, { title: 'Two' }, site.owner.token)).status).toBe(200)
    // nobody is there any more, and the site has not polled
    clock.advance(AWAKE_MS + 1_000)
    expect(await interval()).toBe(60)
    await pollAll()
    expect(site.model.site.posts.byId('post').map(({ title }) => title)).toEqual(['Two'])
    expect(await interval()).toBe(300)
  })

  test('no more often because a wrong clock noted a use of tomorrow', async () => {
    const { site, interval } = await quietSite()
    await runInDurableObject(siteObject(site.siteId), (_instance, { storage }) => {
      storage.sql.exec('UPDATE transport SET awake_until = ?', Date.now() + 86_400_000)
    })
    await evictDurableObject(siteObject(site.siteId))
    expect(await interval()).toBe(300)
    await content(site, 'GET ?limit=10', undefined, site.owner.token)
    expect(await interval()).toBe(60)
  })
})

test('a site that polls and refuses each call is asked at one address an hour, and searched now and then', async () => {
  const { site, clock } = await quietSite()
  const check = async () => {
    const before = site.model.stats.requests
    clock.advance(3_600_000)
    await poll(site)
    await runDurableObjectAlarm(siteObject(site.siteId))
    return site.model.stats.requests - before
  }
  const requests: number[] = []
  for (let n = 0; n < 12; n++) requests.push(await check())
  expect(requests.filter((count) => count === 1).length).toBeGreaterThanOrEqual(7)
  expect(requests.filter((count) => count > 4).length).toBeGreaterThanOrEqual(2)
  // and it is called again as soon as it answers
  site.model.faults = {}
  await check()
  expect((await poll(site)).body.transport).toBe('direct')
})
