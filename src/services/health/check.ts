import { sql } from 'drizzle-orm'
import { readConfig } from '../../config.ts'
import { db } from '../../db/client.ts'
import { log } from '../../lib/log.ts'

export interface Health {
  status: 'ok' | 'failing'
  configuration: boolean
  database: boolean
  key_store: boolean
}

/** Runs a check and says whether it passed; the reason is only in the log. */
async function passes(name: string, check: () => unknown): Promise<boolean> {
  try {
    await check()
    return true
  } catch (cause) {
    log.error('health check failed', { check: name, cause })
    return false
  }
}

/** Asks the configuration, the database (with the schema of the integrations) and the key store whether they answer. */
export async function checkOwnHealth(env: Env): Promise<Health> {
  const [configuration, database, keyStore] = await Promise.all([
    passes('configuration', () => readConfig(env)),
    passes('database', () => db(env, null).db.run(sql`select sync_epoch from integrations limit 1`)),
    passes('key_store', () => env.API_KEYS.get('health')),
  ])
  const status = configuration && database && keyStore ? 'ok' : 'failing'
  return { status, configuration, database, key_store: keyStore }
}
