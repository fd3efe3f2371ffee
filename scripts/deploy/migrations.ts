import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type DatabaseBinding, queryDatabase } from './database.ts'
import type { Plan, Progress, Step } from './state.ts'
import { commandLine, runWrangler } from './wrangler.ts'

/** Names of the migrations that the database lacks; wrangler notes in `d1_migrations` which it has. */
async function missingMigrations(
  plan: Plan,
  progress: Progress,
  { binding, migrations }: DatabaseBinding,
): Promise<string[]> {
  const files = readdirSync(join(plan.outside.root, migrations)).filter((name) => name.endsWith('.sql'))
  const query = (sql: string) => queryDatabase(progress, binding, sql)
  const table = await query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'd1_migrations'")
  const applied = table.length > 0 ? await query('SELECT name FROM d1_migrations') : []
  const names = new Set(applied.map(({ name }) => name))
  return files.filter((name) => !names.has(name)).toSorted()
}

/** Applies what the database lacks, before any code that needs it is deployed. */
export function migrate(plan: Plan, progress: Progress, database: DatabaseBinding): Step {
  const { binding, name } = database
  const args = ['d1', 'migrations', 'apply', binding, '--remote']
  return {
    title: `Migrations of ${name}`,
    plan: [`If some are missing: \`${commandLine(plan, args)}\`. If one fails, nothing is deployed.`],
    async run() {
      const missing = await missingMigrations(plan, progress, database)
      if (missing.length === 0) return 'none is missing'
      await runWrangler(plan, progress, args)
      return `applied ${missing.join(', ')}`
    },
  }
}
