import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { MOST_ACCOUNTS, MOST_DELIVERED, MOST_FAILED } from '../../src/cron/notifications.ts'
import { db } from '../../src/db/client.ts'
import { sealSecrets } from '../../src/services/channels/webhook.ts'
import { createSigningSecret } from '../../src/lib/signature.ts'
import { countingBindings, d1 } from '../support/integration.ts'
import { notifyNow, pass, Receiver } from '../support/notifications.ts'
import { playInternet } from '../support/plugin.ts'

const INTEGRATIONS = 100_000
const ACCOUNTS = 10_000
const CHUNK = 2_000

beforeAll(playInternet)

/** Ten `ready` sites and one endpoint per account. */
async function fill(url: string): Promise<void> {
  for (let from = 0; from < INTEGRATIONS; from += 10_000) {
    await d1().run(sql`INSERT INTO integrations (id, account_id, site_id, platform, site_url, is_active, sync_enabled,
        sync_status, connection, config_json, type_settings_json, sync_epoch, created_at, updated_at)
      WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${from + 9_999})
      SELECT printf('int_%06d', i), printf('acc_%05d', i / 10), printf('site_%06d', i), 'wordpress',
        printf('https://s%d.example.com', i), 1, 1, 'success', 'ready', '{}', '{}', 0, 0, 0 FROM n`)
  }
  await d1().run(sql`INSERT INTO sites (id, account_id, name, url, is_active, created_at, updated_at)
    SELECT site_id, account_id, 'A site', site_url, 1, 0, 0 FROM integrations`)
  await d1().run(
    sql`INSERT INTO accounts (id, name, created_at) SELECT DISTINCT account_id, 'An account', 0 FROM sites`,
  )
  const { keyRing } = readConfig(env)
  const endpoint = async (index: number) => {
    const id = `hook_${index}`
    return {
      id,
      account: `acc_${String(index).padStart(5, '0')}`,
      ...(await sealSecrets(keyRing, id, [createSigningSecret()])),
    }
  }
  for (let from = 0; from < ACCOUNTS; from += CHUNK) {
    const rows = await Promise.all(Array.from({ length: CHUNK }, (_, index) => endpoint(from + index)))
    await d1().run(sql`INSERT INTO notification_endpoints (id, account_id, name, url, secrets, sealed_with, created_at)
      SELECT value ->> 'id', value ->> 'account', 'Pager', ${url}, value ->> 'secrets', value ->> 'sealedWith', 0
      FROM json_each(${JSON.stringify(rows)})`)
  }
}

test(
  'T13 an outage of 100,000 sites in 10,000 accounts: each tick stays within the limits of the platform',
  { timeout: 300_000 },
  async () => {
    const receiver = new Receiver()
    await fill(receiver.url)
    const { bindings, counts } = countingBindings()
    const counted = db({ ...env, ...bindings }, null).db
    const tick = async () => {
      const [before, sent, startedAt] = [counts.queries, receiver.requests.length, performance.now()]
      const went = await notifyNow(bindings, counted)
      const queries = counts.queries - before
      return {
        ...went,
        queries,
        requests: receiver.requests.length - sent,
        ms: Math.round(performance.now() - startedAt),
      }
    }

    const idle = await tick()
    expect(idle).toMatchObject({ notified: 0, delivered: 0, queries: 4 })

    const startedAt = performance.now()
    await d1().run(sql`UPDATE integrations SET connection = 'unreachable'`)
    const recorded = Math.round(performance.now() - startedAt)
    await pass({ minutes: 3 })

    const full = await tick()
    expect(full).toMatchObject({ notified: MOST_ACCOUNTS, delivered: MOST_ACCOUNTS, failed: 0 })
    receiver.respond = () => new Response('', { status: 500 })
    const failing = await tick()
    expect(failing.notified).toBe(MOST_ACCOUNTS)
    expect(failing.failed).toBeGreaterThanOrEqual(MOST_FAILED)
    receiver.respond = () => new Response('ok')
    const next = await tick()
    console.info({ integrations: INTEGRATIONS, recorded, idle, full, failing, next })
    for (const { queries, requests } of [full, failing, next]) {
      // an invocation may make 1,000 queries of D1 and 10,000 subrequests
      expect(queries).toBeLessThan(700)
      expect(queries + requests).toBeLessThan(10_000)
    }
    const ids = receiver.requests.map(({ headers }) => headers.get('webhook-id'))
    expect(ids.length - new Set(ids).size).toBe(0)
    expect(receiver.messages.every(({ data }) => data.changes.length === 10)).toBe(true)
    expect(MOST_DELIVERED).toBeGreaterThan(MOST_ACCOUNTS)
    // at this rate everybody is notified within the hour
    expect(ACCOUNTS / MOST_ACCOUNTS).toBeLessThan(60)
  },
)
