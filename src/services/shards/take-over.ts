import { sql } from 'drizzle-orm'
import { MOVED_TABLES, moveSome } from '../../db/events/move-rows.ts'
import type { ServiceContext } from '../context.ts'

/** Slices of a tick: each takes five queries. */
const MOST_SLICES = 40

/**
 * Takes over events, messages and deliveries that the release before has left in the control database, or that its code
 * still writes there while this release is brought out. One query where there are none.
 * @returns how many rows were taken over
 */
export async function takeOver({ db, events }: Pick<ServiceContext, 'db' | 'events'>): Promise<number> {
  const some = sql.join(
    MOVED_TABLES.map((table) => sql`SELECT * FROM (SELECT account_id AS account FROM ${table} LIMIT 1)`),
    sql` UNION ALL `,
  )
  let taken = 0
  for (let slices = 0; slices < MOST_SLICES;) {
    const [found] = await db.all<{ account: string }>(sql`${some} LIMIT 1`)
    if (!found) break
    const { write } = await events.of(found.account)
    for (const table of MOVED_TABLES) {
      taken += await moveSome(db, write, table, found.account)
      slices++
    }
  }
  return taken
}
