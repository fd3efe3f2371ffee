import { openAccount } from './account.ts'
import { readBase } from './base.ts'
import { checkVars, nameThings } from './config.ts'
import { findDatabase } from './database.ts'
import type { Environment } from './options.ts'
import { openRemote } from './remote-database.ts'
import { readSettings } from './settings.ts'
import { type Outside, type Plan, Progress } from './state.ts'
import { databasesOf } from './run.ts'

/**
 * The databases of a deployment, by their bindings. Makes none.
 * @throws DeployError if one of them is missing, or the token lacks the right
 */
export async function openDatabases(outside: Outside, environment: Environment): Promise<{ DB: D1Database }> {
  const [base, settings] = [readBase(outside.root), readSettings(outside.root, environment)]
  checkVars(base, settings, environment)
  const options = {
    command: 'deploy',
    environment,
    isDryRun: false,
    isForced: false,
    replacesPluginKey: false,
    share: 100,
    version: null,
  } as const
  const plan: Plan = { options, settings, base, outside, names: nameThings(base, settings, environment) }
  const progress = new Progress()
  await openAccount(plan, progress).run()
  const opened: Record<string, D1Database> = {}
  for (const database of databasesOf(plan))
    opened[database.binding] = openRemote(progress, await findDatabase(plan, progress, database))
  return opened as { DB: D1Database }
}
