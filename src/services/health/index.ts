import { sql } from 'drizzle-orm'
import journal from '../../../migrations/meta/_journal.json'
import eventJournal from '../../../migrations-events/meta/_journal.json'
import { readConfig } from '../../config.ts'
import { RELEASE } from '../../contract/release.ts'
import { type Db, db } from '../../db/client.ts'
import { openEventShards } from '../../db/events/shards.ts'
import { log } from '../../lib/log.ts'
import { siteObject } from '../../lib/site-objects.ts'
import { type DatabaseSize, readSizes } from '../shards/index.ts'
export { type JobOutcome, readTicks, recordTick } from './jobs.ts'

/** `failing`: requests fail. `degraded`: requests work, something else doesn't. */
interface Health {
  status: 'ok' | 'degraded' | 'failing'
  configuration: boolean
  database: boolean
  /** Whether the database has every migration that this code needs. */
  migrations: boolean
  key_store: boolean
  object: boolean
  /** Whether the cron ran recently. */
  cron: boolean
  /** The release that answers, as `1.2.3`. */
  release: string
  /** Whether all event databases answer, and have every migration. */
  events: boolean
  /** Whether every database has room for a while. */
  room: boolean
  /** As the cron saw them last. */
  databases: DatabaseSize[]
  /** The id of the version that answers; null in a runtime without versions. */
  version: string | null
}

/** Each isolate runs the checks at most this often. */
const FRESH_MS = 5_000
/** Slower parts count as down. */
const TIMEOUT_MS = 3_000
/** The cron ticks every minute. After a deployment its triggers may take 15 minutes to start. */
const MAX_TICK_AGE_MS = 15 * 60_000
/** Name of an object that belongs to no site. */
const CANARY = 'healthz'
/** The number of the last migration; file names begin with it. */
const newest = ({ entries }: { entries: { idx: number }[] }) => Math.max(...entries.map(({ idx }) => idx))
const EXPECTED = newest(journal)
const EXPECTED_OF_EVENTS = newest(eventJournal)

const assert = (isRight: boolean, message: string) => {
  if (!isRight) throw new Error(message)
}

/** Whether a check passes in time. The reason for a failure is only logged. */
async function passes(
  name: Exclude<keyof Health, 'status' | 'release' | 'version' | 'databases'>,
  check: () => unknown,
): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${TIMEOUT_MS} ms`)), TIMEOUT_MS)
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

async function checkMigrations(database: Db, expected = EXPECTED): Promise<void> {
  const { name } = await database.get<{ name: string | null }>(sql`select max(name) as name from d1_migrations`)
  // a newer database is fine: migrations run before a deployment, and stay after a rollback
  assert(Number.parseInt(name ?? '', 10) >= expected, `migrated to ${name}, written for ${expected}`)
}

async function checkCron(database: Db, now: number): Promise<void> {
  const { at } = await database.get<{ at: number | null }>(
    sql`select min(at) as at from ticks where cron not like 'restore:%'`,
  )
  assert(now - (at ?? 0) <= MAX_TICK_AGE_MS, at === null ? 'never ticked' : `ticked ${now - at} ms ago`)
}

async function checkEvents(env: Env, database: Db): Promise<void> {
  const shards = openEventShards(env, database).all()
  assert(shards[0]?.name === 'EVENTS', 'no database is bound as EVENTS')
  await Promise.all(shards.map((shard) => checkMigrations(shard.db, EXPECTED_OF_EVENTS)))
}

/** @param sizes gets what was read */
async function checkRoom(database: Db, now: number, sizes: DatabaseSize[]): Promise<void> {
  sizes.push(...(await readSizes({ db: database, now })))
  const filling = sizes.filter(({ is_filling: isFilling }) => isFilling)
  const words = filling.map(({ name, bytes, days_left: days }) => `${name}: ${bytes} bytes, ${days} days left`)
  assert(filling.length === 0, words.join('; '))
}

async function runChecks(env: Env): Promise<Health> {
  // opened inside each check, so that a missing binding fails only the checks that need it
  const database = () => db(env, null).db
  const databases: DatabaseSize[] = []
  const [configuration, isDatabaseThere, migrations, keyStore, object, cron, events, room] = await Promise.all([
    passes('configuration', () => readConfig(env)),
    passes('database', () => database().run(sql`select 1`)),
    passes('migrations', () => checkMigrations(database())),
    passes('key_store', () => env.API_KEYS.get('health')),
    passes('object', () => siteObject(env, CANARY).runs()),
    passes('cron', () => checkCron(database(), Date.now())),
    passes('events', () => checkEvents(env, database())),
    passes('room', () => checkRoom(database(), Date.now(), databases)),
  ])
  const works = configuration && isDatabaseThere && migrations && keyStore && object
  const status = works ? (cron && events && room ? 'ok' : 'degraded') : 'failing'
  const version = (env as Partial<Env>).VERSION?.id ?? null
  return {
    status,
    configuration,
    database: isDatabaseThere,
    migrations,
    key_store: keyStore,
    object,
    cron,
    release: RELEASE,
    events,
    room,
    databases,
    version,
  }
}

/** Finished results only: in Workers one request can't await a promise of another. */
const results = new WeakMap<Env, { at: number; health: Health }>()

/**
 * Checks what the API depends on: configuration, databases, migrations, key store, objects and cron. Costs four queries
 * and one for each event database, one KV read and one call to an object, every five seconds at most.
 */
export async function checkOwnHealth(env: Env): Promise<Health> {
  const last = results.get(env)
  if (last && Date.now() - last.at < FRESH_MS) return last.health
  const health = await runChecks(env)
  results.set(env, { at: Date.now(), health })
  return health
}
