import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { MOST_WOKEN, reconcileChecks } from '../../src/cron/health-checks.ts'
import { db } from '../../src/db/client.ts'
import type { SiteRpc } from '../../src/site/rpc.ts'
import { countingBindings, d1 } from '../support/integration.ts'

const INTEGRATIONS = 100_000
const OVERDUE_MS = 3_600_000

/** Rows as after months of operation: all connected, with spread due times. */
async function fill(now: number): Promise<void> {
  for (let from = 0; from < INTEGRATIONS; from += 10_000) {
    await d1().run(sql`INSERT INTO integrations (id, account_id, site_id, platform, site_url, is_active, sync_enabled,
        sync_status, connection, config_json, type_settings_json, sync_epoch, next_check_at, created_at, updated_at)
      WITH RECURSIVE n(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM n WHERE i < ${from + 9_999})
      SELECT printf('int_%06d', i), printf('acc_%04d', i / 10), printf('site_%06d', i), 'wordpress',
        printf('https://s%d.example.com', i), 1, 1, 'success', 'ready', '{}', '{}', 0,
        ${now} + (i * 36) % 3600000, ${now}, ${now} FROM n`)
  }
}

/** Objects that only count how often they are woken. */
function countingSites() {
  const woken = new Map<string, number>()
  const site = (siteId: string) =>
    ({
      scheduleCheck: async () => void woken.set(siteId, (woken.get(siteId) ?? 0) + 1),
    }) as unknown as SiteRpc
  return { woken, site }
}

test(
  'T8 T13 one tick over 100,000 integrations stays within the limits of the platform',
  { timeout: 180_000 },
  async () => {
    const now = Date.now()
    await fill(now)
    const { bindings, counts } = countingBindings()
    const { woken, site } = countingSites()
    const ctx = { db: db({ ...env, ...bindings }, null).db, site, now: Date.now }
    const tick = async (at: number) => {
      const [queriesBefore, startedAt] = [counts.queries, performance.now()]
      const found = await reconcileChecks(ctx, at)
      return { ...found, queries: counts.queries - queriesBefore, ms: Math.round(performance.now() - startedAt) }
    }

    const idle = await tick(now)
    expect(idle).toMatchObject({ found: 0, woken: 0, queries: 2 })

    const full = await tick(now + 2 * OVERDUE_MS)
    expect(full).toMatchObject({ found: MOST_WOKEN, woken: MOST_WOKEN })
    expect(full.queries).toBeLessThanOrEqual(MOST_WOKEN / 100 + 2)
    // an invocation may make 10,000 subrequests, 1,000 queries of D1 and 15 minutes
    expect(full.queries + full.woken).toBeLessThan(10_000)

    const next = await tick(now + 2 * OVERDUE_MS)
    expect(next.woken).toBe(MOST_WOKEN)
    expect([...woken.values()].every((times) => times === 1)).toBe(true)
    console.info({ integrations: INTEGRATIONS, idle, full, next })
    // at this rate all are woken within the hour
    expect((INTEGRATIONS / MOST_WOKEN) * 60_000).toBeLessThan(3_600_000)
  },
)
