import { sql } from 'drizzle-orm'
import journal from '../../../migrations/meta/_journal.json'
import { readConfig } from '../../config.ts'
import { type Db, db } from '../../db/client.ts'
import { ticks } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'

/** `failing`: requests fail. `degraded`: they don't, but what goes on by itself does not. */
interface Health {
  status: 'ok' | 'degraded' | 'failing'
  configuration: boolean
  database: boolean
  /** Whether the database has every migration that this code was written for. */
  migrations: boolean
  key_store: boolean
  object: boolean
  /** Whether the cron's jobs were done lately. */
  cron: boolean
}

/** Whoever asks, however often: the checks are made this often at most by each instance of the Worker. */
const FRESH_MS = 5_000
/** What takes longer counts as away. */
const PATIENCE_MS = 3_000
/** The cron ticks every minute; triggers may take a quarter of an hour to follow a deployment. */
const MAX_TICK_AGE_MS = 15 * 60_000
/** An object that is no site's. */
const CANARY = 'healthz'
/** Its number leads the name of a migration's file, and the one who wrote the code knows the last. */
const EXPECTED = Math.max(...journal.entries.map(({ idx }) => idx))

const assert = (isRight: boolean, words: string) => {
  if (!isRight) throw new Error(words)
}

/** Runs a check and says whether it passed in time; the reason is only in the log. */
async function passes(name: keyof Health, check: () => unknown): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS} ms`)), PATIENCE_MS)
  })
  try {
    await Promise.race([check(), late])
    return true
  } catch (cause) {
    log.error('own health check failed', { check: name, cause })
    return false
  } finally {
    clearTimeout(timer)
  }
}

async function checkMigrations(database: Db): Promise<void> {
  const { name } = await database.get<{ name: string | null }>(sql`select max(name) as name from d1_migrations`)
  // a newer database is right too: migrations go before the code, and stay when the code goes back
  assert(Number.parseInt(name ?? '', 10) >= EXPECTED, `migrated to ${name}, written for ${EXPECTED}`)
}

async function checkCron(database: Db, now: number): Promise<void> {
  const { at } = await database.get<{ at: number | null }>(sql`select min(at) as at from ticks`)
  assert(now - (at ?? 0) <= MAX_TICK_AGE_MS, at === null ? 'never ticked' : `ticked ${now - at} ms ago`)
}

async function lookAtEverything(env: Env): Promise<Health> {
  // made where it is used: a binding that is missing fails its own checks
  const database = () => db(env, null).db
  const [configuration, isDatabaseThere, migrations, keyStore, object, cron] = await Promise.all([
    passes('configuration', () => readConfig(env)),
    passes('database', () => database().run(sql`select 1`)),
    passes('migrations', () => checkMigrations(database())),
    passes('key_store', () => env.API_KEYS.get('health')),
    passes('object', () => env.SITE_SYNC.getByName(CANARY).runs()),
    passes('cron', () => checkCron(database(), Date.now())),
  ])
  const works = configuration && isDatabaseThere && migrations && keyStore && object
  const status = works ? (cron ? 'ok' : 'degraded') : 'failing'
  return { status, configuration, database: isDatabaseThere, migrations, key_store: keyStore, object, cron }
}

/** Settled results alone: what one request has begun another can't wait for. */
const known = new WeakMap<Env, { at: number; health: Health }>()

/**
 * Asks all that the API stands on whether it works: the configuration, the database and its schema, the key store, the
 * objects, and the cron. Costs three queries, one read and one call of an object, every few seconds at most.
 */
export async function checkOwnHealth(env: Env): Promise<Health> {
  const last = known.get(env)
  if (last && Date.now() - last.at < FRESH_MS) return last.health
  const health = await lookAtEverything(env)
  known.set(env, { at: Date.now(), health })
  return health
}

/** Remembers when a cron's jobs were last done, for `/healthz`. */
export async function recordTick({ db, cron, now }: { db: Db; cron: string; now: number }): Promise<void> {
  const at = new Date(now)
  await db.insert(ticks).values({ cron, at }).onConflictDoUpdate({ target: ticks.cron, set: { at } })
}
