/**
 * Moves an account to another event database while it works. Its row in the control database says how far the move is, so
 * a move that breaks off anywhere is continued by the next call:
 *
 *   reading   everybody begins to read both databases; new rows still go to the old one
 *   writing   new rows go to the new database; then the old rows are moved, slice by slice
 *   (none)    the account is in the new database alone
 *
 * Between the phases lies more than the time for which isolates remember where an account is, and the longest piece of
 * work that may have begun with it. The cron attempts no deliveries of an account that is being moved.
 */
import { and, eq, getTableName, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { MOVED_TABLES, moveSome } from '../../db/events/move-rows.ts'
import { FIRST_SHARD, PLACE_TTL_MS, type Shard } from '../../db/events/shards.ts'
import { accounts, deletions } from '../../db/schema/index.ts'
import { MOST_MOVING } from './index.ts'

/** How long a phase lasts, at least: an isolate's memory, and a minute for what is under way. */
export const PHASE_MS = PLACE_TTL_MS + 60_000

interface Move {
  /** The control database. */
  db: Db
  shards: readonly Shard[]
  accountId: string
  /** Binding of the database to move to. */
  to: string
  now: () => number
  wait: (ms: number) => Promise<void>
  /** Is told what happens, in words. */
  tell: (line: string) => void
}

/** Why an account can't be moved, in words for whoever runs the command. */
export class MoveRefused extends Error {
  override readonly name = 'MoveRefused'
}

async function readAccount(db: Db, accountId: string) {
  const [row] = await db.select().from(accounts).where(eq(accounts.id, accountId)).limit(1)
  if (!row) throw new MoveRefused(`There is no account ${accountId}.`)
  return row
}
type AccountRow = Awaited<ReturnType<typeof readAccount>>

/** An account that is being erased is erased where it is. */
async function assertStays(db: Db, accountId: string): Promise<void> {
  const isErased = and(eq(deletions.subjectId, accountId), sql`${deletions.phase} IN ('erasing', 'sweeping')`)
  const rows = await db.select({ id: deletions.subjectId }).from(deletions).where(isErased).limit(1)
  if (rows.length > 0) throw new MoveRefused(`Account ${accountId} is being deleted.`)
}

/** Marks the account as moving. */
async function begin({ db, accountId, to, now, tell }: Move, row: AccountRow): Promise<void> {
  await assertStays(db, accountId)
  const moving = await db.$count(accounts, sql`${accounts.eventsTarget} IS NOT NULL`)
  if (moving >= MOST_MOVING) throw new MoveRefused(`${moving} accounts are being moved already.`)
  const shard = row.eventsShard === null ? isNull(accounts.eventsShard) : eq(accounts.eventsShard, row.eventsShard)
  const [begun] = await db
    .update(accounts)
    .set({ eventsTarget: to, eventsPhase: 'reading', eventsPhaseAt: new Date(now()) })
    .where(and(eq(accounts.id, accountId), isNull(accounts.eventsTarget), shard))
    .returning({ id: accounts.id })
  if (!begun) throw new MoveRefused(`Account ${accountId} is being moved by somebody else.`)
  tell(`${accountId}: everybody begins to read ${to}, too.`)
}

async function waitForPhase({ now, wait, tell }: Move, { eventsPhase, eventsPhaseAt }: AccountRow): Promise<void> {
  const left = (eventsPhaseAt?.getTime() ?? now()) + PHASE_MS - now()
  if (left <= 0) return
  tell(`Waiting ${Math.ceil(left / 1000)} s, until everybody knows (${eventsPhase}).`)
  await wait(left)
}

/** Lets new rows go to the new database. */
async function beginWriting(move: Move, row: AccountRow): Promise<void> {
  await waitForPhase(move, row)
  const { db, accountId, to, now, tell } = move
  await db
    .update(accounts)
    .set({ eventsPhase: 'writing', eventsPhaseAt: new Date(now()) })
    .where(and(eq(accounts.id, accountId), eq(accounts.eventsTarget, to), eq(accounts.eventsPhase, 'reading')))
  tell(`${accountId}: new rows go to ${to}.`)
}

async function moveRows({ accountId, tell }: Move, from: Db, to: Db): Promise<void> {
  for (const table of MOVED_TABLES) {
    let moved = 0
    for (;;) {
      const rows = await moveSome(from, to, table, accountId)
      if (rows === 0) break
      moved += rows
    }
    tell(`${accountId}: ${moved} rows of ${getTableName(table)} moved.`)
  }
}

/** Moves the old rows, and then forgets the old database. */
async function finish(move: Move, row: AccountRow): Promise<void> {
  await waitForPhase(move, row)
  const { db, accountId, to, tell } = move
  await moveRows(move, findShard(move, row.eventsShard ?? FIRST_SHARD), findShard(move, to))
  await db
    .update(accounts)
    .set({
      eventsShard: to === FIRST_SHARD ? null : to,
      eventsTarget: null,
      eventsPhase: null,
      eventsPhaseAt: null,
    })
    .where(and(eq(accounts.id, accountId), eq(accounts.eventsTarget, to), eq(accounts.eventsPhase, 'writing')))
  tell(`${accountId}: is in ${to}.`)
}

function findShard({ shards }: Pick<Move, 'shards'>, name: string): Db {
  const shard = shards.find((one) => one.name === name)
  if (shard) return shard.db
  throw new MoveRefused(`No event database is bound as ${name}: ${shards.map((one) => one.name).join(', ')} are.`)
}

/**
 * Moves an account, or continues a move that broke off. Takes twice {@link PHASE_MS} and the copying.
 * @throws MoveRefused if it can't be moved; other errors break the move off, and the next call continues it
 */
export async function moveAccount(move: Move): Promise<void> {
  const { db, accountId, to, tell } = move
  findShard(move, to)
  let row = await readAccount(db, accountId)
  findShard(move, row.eventsShard ?? FIRST_SHARD)
  if (row.eventsTarget === null) {
    if ((row.eventsShard ?? FIRST_SHARD) === to) return tell(`${accountId}: is in ${to} already.`)
    await begin(move, row)
    row = await readAccount(db, accountId)
  }
  if (row.eventsTarget !== to)
    throw new MoveRefused(`Account ${accountId} is being moved to ${row.eventsTarget}: finish that first.`)
  if (row.eventsPhase === 'reading') {
    await beginWriting(move, row)
    row = await readAccount(db, accountId)
  }
  await finish(move, row)
}

export interface ShardUse {
  name: string
  /** Accounts that are in it. */
  accounts: number
  /** Accounts that are being moved to it. */
  arriving: number
}

/** How many accounts each event database has. */
export async function listShards({ db, shards }: Pick<Move, 'db' | 'shards'>): Promise<ShardUse[]> {
  const counts = await db.all<{ name: string; accounts: number }>(
    sql`SELECT ifnull(events_shard, ${FIRST_SHARD}) AS name, count(*) AS accounts FROM ${accounts} GROUP BY 1`,
  )
  const moving = await db
    .select({ target: accounts.eventsTarget })
    .from(accounts)
    .where(isNotNull(accounts.eventsTarget))
  return shards.map(({ name }) => ({
    name,
    accounts: counts.find((one) => one.name === name)?.accounts ?? 0,
    arriving: moving.filter(({ target }) => target === name).length,
  }))
}
