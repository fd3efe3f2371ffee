/**
 * The event databases. Sync events, messages and deliveries of an account lie in one of them, its shard: `EVENTS`, or
 * `EVENTS_1`, `EVENTS_2` and so on where wrangler.toml binds more. The account's row in the control database names it.
 *
 * An account can be moved to another shard while it works (src/services/shards/move.ts). Isolates remember where an
 * account is for a minute, so a move has two phases, each longer than that: in the first everybody begins to read both
 * databases, in the second everybody writes to the new one. Only then rows are copied.
 */
import { eq } from 'drizzle-orm'
import { type Db, db, openDatabase } from '../client.ts'
import { remember } from '../../lib/remember.ts'
import { DatabaseUnavailable } from '../errors.ts'
import type { Measure } from '../measured.ts'
import { accounts } from '../schema/index.ts'

/** The shard of an account whose row names none. */
export const FIRST_SHARD = 'EVENTS'
const SHARD = /^EVENTS(?:_[1-9]\d*)?$/

export interface Shard {
  /** Its binding. */
  name: string
  db: Db
}

/** Where an account's rows are. */
export interface AccountShards {
  /** The binding that takes new rows. */
  name: string
  /** Takes new rows. */
  write: Db
  /**
   * Have the account's rows: one database, or two while the account is moved, in the order in which they are to be read:
   * rows go from the first to the second, and whoever reads the second first may miss one.
   */
  read: readonly [Db, ...Db[]]
}

export interface EventShards {
  of: (accountId: string) => Promise<AccountShards>
  /** All that are configured, `EVENTS` first. */
  all: () => readonly Shard[]
}

/** How long an isolate remembers where an account is. A move waits longer: src/services/shards/move.ts. */
export const PLACE_TTL_MS = 60_000
/** Accounts that an isolate remembers. */
const MOST_PLACES = 10_000

interface Place {
  write: string
  read: readonly string[]
  until: number
}

const places = new Map<string, Place>()

/** For tests: what an isolate remembers. */
export const forgetPlaces = (): void => places.clear()

const numberOf = (name: string) => Number(name.split('_')[1] ?? 0)

const names = new WeakMap<object, string[]>()

/** Bindings of the event databases, `EVENTS` first. */
export function shardNames(env: object): string[] {
  const known = names.get(env)
  if (known) return known
  const found = Object.keys(env)
    .filter((name) => SHARD.test(name))
    .toSorted((one, other) => numberOf(one) - numberOf(other))
  names.set(env, found)
  return found
}

async function readPlace(control: Db, accountId: string, now: number): Promise<Place> {
  const [row] = await control
    .select({ shard: accounts.eventsShard, target: accounts.eventsTarget, phase: accounts.eventsPhase })
    .from(accounts)
    .where(eq(accounts.id, accountId))
    .limit(1)
  const shard = row?.shard ?? FIRST_SHARD
  const until = now + PLACE_TTL_MS
  const target = row?.target ?? null
  if (target === null) return { write: shard, read: [shard], until }
  return { write: row?.phase === 'writing' ? target : shard, read: [shard, target], until }
}

async function findPlace(control: Db, accountId: string, now: number): Promise<Place> {
  const known = places.get(accountId)
  if (known && known.until > now) return known
  const place = await readPlace(control, accountId, now)
  remember(places, accountId, place, MOST_PLACES)
  return place
}

/** The shard of a new account: any that is open; null for the first. Where all are closed, all are open. */
export function chooseShard(events: EventShards, closed: readonly string[]): string | null {
  const all = events.all().map(({ name }) => name)
  const open = all.filter((name) => !closed.includes(name))
  const choice = open.length > 0 ? open : all
  const chosen = choice[Math.floor(Math.random() * choice.length)] ?? FIRST_SHARD
  return chosen === FIRST_SHARD ? null : chosen
}

/**
 * The event databases as one request or tick uses them. With one shard nothing is looked up; with several, where an
 * account is costs one query a minute and isolate.
 * @param control the control database
 */
export function openEventShards(env: object, control: Db, measure?: Measure): EventShards {
  const configured = shardNames(env)
  const opened = new Map<string, Db>()
  const open = (name: string): Db => {
    const known = opened.get(name)
    if (known) return known
    const binding = Reflect.get(env, name) as D1Database | undefined
    if (!binding) throw new DatabaseUnavailable(new Error(`no database is bound as ${name}`))
    // always from the primary: an event is read right after it was written, under a bookmark of the control database
    const { db } = openDatabase(binding, 'first-primary', measure)
    opened.set(name, db)
    return db
  }
  return {
    of: async (accountId) => {
      if (configured.length <= 1) return { name: FIRST_SHARD, write: open(FIRST_SHARD), read: [open(FIRST_SHARD)] }
      const { write, read } = await findPlace(control, accountId, Date.now())
      const [first = write, ...others] = read
      return { name: write, write: open(write), read: [open(first), ...others.map(open)] }
    },
    all: () => configured.map((name) => ({ name, db: open(name) })),
  }
}

/** All databases, of work without a caller. */
export function openDatabases(env: { DB: D1Database }, accountId: string | null, measure?: Measure) {
  const control = db(env, accountId, 'first-primary', measure).db
  return { db: control, events: openEventShards(env, control, measure) }
}
