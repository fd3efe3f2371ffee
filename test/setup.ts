import { applyD1Migrations, reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'

/** `reset()` drops the tables; where it has left them they are emptied. */
async function emptyTables(): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'd1_migrations'
      AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'`,
  ).all<{ name: string }>()
  const deletions = results.map(({ name }) => env.DB.prepare(`DELETE FROM "${name}"`))
  await env.DB.batch([env.DB.prepare('PRAGMA defer_foreign_keys = on'), ...deletions])
}

// all files share one runtime: each begins with empty storage
await reset()
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
await emptyTables()
