import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { StatusData } from '../../../src/contract/link.ts'
import { examineSite } from '../../../src/site/health/doctor/examine.ts'
import { applyProbeResult } from '../../../src/site/health/probe.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { createDirectSender } from '../../../src/site/transport/direct-sender.ts'
import type { LinkContext } from '../../../src/site/transport/site-link.ts'
import { createSiteDatabase } from '../../sim/sqlite.ts'
import { type Reply, restError, SECRET, send, sign, signedHeaders, wordpress } from '../../support/odd-hosts.ts'
import { NOW_MS, NOW_S, sendTo, withHost } from './support.ts'

const ARTICLE = '<script>alert(1)</script> ’ OR 1=1; SELECT * FROM wp_users -- ../../etc/passwd '
const COMMAND = { id: 'cmd_1', name: 'apply', args: { fields: { body: ARTICLE } } }
const unpack = (body: string) =>
  gunzipSync(Buffer.from((JSON.parse(body) as { gzip_hex: string }).gzip_hex, 'hex')).toString()
const isPacked = (body: string) => /^\{"protocol":1,"gzip_hex":"[0-9a-f]+"\}$/.test(body)

/** A plugin that reads packed requests, or an older one. */
const pluginThat =
  (readsPacked: boolean): Reply =>
  (response, request) => {
    if (isPacked(request.body) && !readsPacked) return restError(response, 400, 'igny8_body_invalid')
    const batch = JSON.parse(isPacked(request.body) ? unpack(request.body) : request.body) as {
      commands: { id: string }[]
    }
    const results = batch.commands.map(({ id }) => ({ id, ok: true, data: {}, took_ms: 1 }))
    const body = JSON.stringify({ protocol: 1, results })
    return send(response, 200, signedHeaders(request, body), body)
  }

describe('a packed request', () => {
  test('is the batch, compressed, in digits that no rule takes for an attack, and signed as it is sent', async () => {
    await withHost(pluginThat(true), async (host) => {
      await sendTo(host, { commands: [COMMAND] })
      await sendTo(host, { commands: [COMMAND], isPacked: true })
      const [plain, packed] = host.requests.map(({ body }) => body)
      expect(packed).toMatch(/^\{"protocol":1,"gzip_hex":"[0-9a-f]+"\}$/)
      expect(unpack(packed ?? '')).toBe(plain)
      expect(host.requests[1]?.headers['webhook-signature']).toBe(
        sign(SECRET, 'msg_1', NOW_S, packed ?? '', 'commands'),
      )
    })
  })

  test('is smaller than a long batch, which limits on the size of requests count', async () => {
    const long = { ...COMMAND, args: { fields: { body: ARTICLE.repeat(2000) } } }
    await withHost(pluginThat(true), async (host) => {
      await sendTo(host, { commands: [long], isPacked: true })
      expect(host.requests[0]?.body.length).toBeLessThan(JSON.stringify(long).length / 4)
    })
  })
})

describe('the transport packs requests', () => {
  const openStore = () => new SiteStore(createSiteDatabase())
  const status = (encodings?: string[]) => ({ ...(encodings && { encodings }) }) as StatusData
  const answered = (plugin: StatusData | null) => ({
    ok: true as const,
    transport: 'direct' as const,
    detail: '',
    commandsUrl: null,
    plugin,
    evidence: [],
    clockSkewS: 0,
  })

  test('once the plugin says that it reads them, and no longer once it does not say so', () => {
    const store = openStore()
    const probe = (plugin: StatusData) => applyProbeResult(store, answered(plugin), true, NOW_MS)
    expect(store.transport.read().isPacking).toBe(false)
    probe(status(['gzip_hex', 'of_later']))
    expect(store.transport.read().isPacking).toBe(true)
    applyProbeResult(store, answered(null), true, NOW_MS)
    expect(store.transport.read().isPacking).toBe(true)
    probe(status())
    expect(store.transport.read().isPacking).toBe(false)
  })

  const createLink = () =>
    ({
      config: { environment: 'test' },
      now: () => NOW_MS,
      newId: (prefix: string) => `${prefix}_${++ids}`,
      fetch: (target: string, init: RequestInit) => fetch(target, init),
    }) as unknown as LinkContext
  let ids = 0

  async function sendThrough(url: string, store: SiteStore) {
    const ctx = { ...createLink(), store, sleep: async () => undefined }
    const target = { integrationId: 'int_1', siteUrl: url, signingSecrets: [SECRET], requestId: 'req_1' }
    const endpoint = async () => `${url}/wp-json/igny8/v1/commands`
    return createDirectSender(ctx, { target, endpoint }).send([COMMAND])
  }

  test('and so does the doctor', async () => {
    await withHost(wordpress({ onCommands: pluginThat(true) }), async (host) => {
      const call = { accountId: 'acc_1', siteId: 'site_1', integrationId: 'int_1', keyId: null, requestId: 'req_1' }
      const site = { ...call, siteUrl: host.url, signingSecrets: [SECRET], restRoot: null, mayPoll: false }
      const store = openStore()
      await examineSite({ ...createLink(), store }, site)
      store.transport.save({ isPacking: true })
      await examineSite({ ...createLink(), store }, site)
      const asked = host.requests.filter(({ method }) => method === 'POST')
      expect(asked.map(({ body }) => isPacked(body))).toEqual([false, true])
    })
  })

  test('and sends a batch again as it is if an older plugin has taken the place of the newer one', async () => {
    const store = openStore()
    await withHost(pluginThat(true), async (host) => {
      await sendThrough(host.url, store)
      store.transport.save({ isPacking: true })
      await sendThrough(host.url, store)
      expect(host.requests.map(({ body }) => isPacked(body))).toEqual([false, true])
    })
    await withHost(pluginThat(false), async (host) => {
      expect(await sendThrough(host.url, store)).toMatchObject([{ id: 'cmd_1', ok: true }])
      await sendThrough(host.url, store)
      expect(host.requests.map(({ body }) => isPacked(body))).toEqual([true, false, false])
    })
    expect(store.transport.read().isPacking).toBe(false)
  })
})
