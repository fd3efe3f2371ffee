import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { forgetPlaces } from '../src/db/events/shards.ts'

/** `reset()` drops the tables; where it has left them they are emptied. */
async function emptyTables(database: D1Database): Promise<void> {
  const { results } = await database
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'd1_migrations'
      AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'`,
    )
    .all<{ name: string }>()
  const deletions = results.map(({ name }) => database.prepare(`DELETE FROM "${name}"`))
  await database.batch([database.prepare('PRAGMA defer_foreign_keys = on'), ...deletions])
}

// all files share one runtime: each begins with empty storage
await reset()
forgetPlaces()
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
await emptyTables(env.DB)
for (const database of [env.EVENTS, env.SPARE_EVENTS_1, env.SPARE_EVENTS_2]) {
  await applyD1Migrations(database, env.TEST_EVENT_MIGRATIONS)
  await emptyTables(database)
}
