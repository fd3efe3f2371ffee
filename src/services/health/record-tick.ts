import type { Db } from '../../db/client.ts'
import { ticks } from '../../db/schema/index.ts'

/** Remembers when a cron's jobs were last done, for `/healthz`. */
export async function recordTick({ db, cron, now }: { db: Db; cron: string; now: number }): Promise<void> {
  const at = new Date(now)
  await db.insert(ticks).values({ cron, at }).onConflictDoUpdate({ target: ticks.cron, set: { at } })
}
