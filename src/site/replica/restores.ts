/**
 * Puts a site's items back to a moment, by the journal (tables/history.ts). A plan reads the same and writes nothing. A
 * restore is carried out in steps; each commits its items and where it goes on, so that a step may be repeated. The rows
 * that it adds to the journal name it: that is what an undo works from.
 */
import {
  PLANNED_ITEMS,
  type Obstacle,
  type Restore,
  type RestoreCounts,
  type RestorePlan,
} from '../../contract/restores.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import { diffDocs } from '../items/fields.ts'
import { putBack, type Change, type Side } from '../items/put-back.ts'
import type { ItemRecord } from '../items/record.ts'
import { refusal, type RpcResult } from '../rpc.ts'
import { saveChange } from './item-decisions.ts'
import type { Replica } from './store.ts'
import { NO_RESTORE_COUNTS, presentRestore, readCounts, type RestoreRow } from './tables/restores.ts'

export interface RestoreContext {
  replica: Replica
  siteId: string
  /** Milliseconds since 1970. */
  now: () => number
}

export interface RestoreInput {
  /** Milliseconds since 1970. */
  to: number
  newer: Restore['newer']
}

/** Items that a step changes, and characters of their texts after which it ends. */
const STEP_ITEMS = 200
const STEP_CHARACTERS = 4_000_000

type Outcome =
  | { kind: Change; before: ItemRecord; after: ItemRecord }
  | { kind: 'skipped'; before: ItemRecord; code: Obstacle }

/** An item that may change: its row number, and the row of the journal that has its side of then; null: it was not there. */
interface Candidate {
  itemN: number
  historyId: number | null
}

function decide({ replica, now }: RestoreContext, before: ItemRecord, then: Side | null): Outcome | null {
  const result = putBack(before, then, now())
  if (result === null) return null
  if (result.kind === 'skipped') return { ...result, before }
  if (replica.types.denied().has(before.type)) return { kind: 'skipped', before, code: 'type_denied' }
  const isTrashless = result.kind === 'trashed' && before.externalId !== null && !replica.types.hasTrash(before.type)
  return isTrashless
    ? { kind: 'skipped', before, code: 'trash_off' }
    : { kind: result.kind, before, after: result.record }
}

/**
 * The items of which something changed since the moment, in their order.
 * @param until when the restore began: what people do meanwhile is not undone by it
 */
function candidatesOf({ replica }: RestoreContext, { to, newer }: RestoreInput, until: number): Candidate[] {
  const made = replica.items.createdBetween(to, until)
  const isNew = new Set(made)
  const changed = replica.history.changedBetween(to, until).filter(([itemN]) => !isNew.has(itemN))
  const all: Candidate[] = changed.map(([itemN, historyId]) => ({ itemN, historyId }))
  if (newer === 'trash') all.push(...made.map((itemN) => ({ itemN, historyId: null })))
  return all.toSorted((left, right) => left.itemN - right.itemN)
}

function outcomeOf(ctx: RestoreContext, { itemN, historyId }: Candidate): Outcome | null {
  const before = ctx.replica.items.getByRow(itemN)
  const then = historyId === null ? null : ctx.replica.history.get(historyId)
  return before && (historyId === null || then) ? decide(ctx, before, then) : null
}

function count(counts: RestoreCounts, outcome: Outcome): void {
  if (outcome.kind === 'skipped') counts.skipped[outcome.code] = (counts.skipped[outcome.code] ?? 0) + 1
  else counts[outcome.kind]++
}

const noCounts = (): RestoreCounts => structuredClone(NO_RESTORE_COUNTS)

/** Why the site can't be put back to a moment; null if it can. */
function refuseMoment({ replica, now }: RestoreContext, to: number) {
  if (to > now()) return refusal('moment_not_kept', 'The moment is yet to come.')
  const earliest = replica.history.earliestAt()
  return to < earliest
    ? refusal('moment_not_kept', `The earliest moment that is kept is ${toTimestamp(earliest)}.`)
    : null
}

const describe = (outcome: Outcome): RestorePlan['items'][number] => ({
  id: outcome.before.id,
  type: outcome.before.type,
  title: outcome.before.local.title.slice(0, 200),
  change: outcome.kind,
  code: outcome.kind === 'skipped' ? outcome.code : null,
  fields: outcome.kind === 'skipped' ? [] : diffDocs(outcome.before.local, outcome.after.local),
})

/** What a restore would do. Writes nothing. */
export function planRestore(ctx: RestoreContext, input: RestoreInput): RpcResult<RestorePlan> {
  const refused = refuseMoment(ctx, input.to)
  if (refused) return refused
  const [counts, items] = [noCounts(), [] as RestorePlan['items']]
  for (const candidate of candidatesOf(ctx, input, ctx.now())) {
    const outcome = outcomeOf(ctx, candidate)
    if (!outcome) continue
    count(counts, outcome)
    if (items.length < PLANNED_ITEMS) items.push(describe(outcome))
  }
  const { to, newer } = input
  const earliest = toTimestamp(ctx.replica.history.earliestAt())
  return { ok: true, value: { site_id: ctx.siteId, to: toTimestamp(to), newer, earliest, counts, items } }
}

/** Starts a restore. Repeating it returns the one that was started. */
export function startRestore(ctx: RestoreContext, id: string, input: RestoreInput): RpcResult<Restore> {
  return start(ctx, id, () => refuseMoment(ctx, input.to) ?? { ...input, kind: 'moment', undoes: null })
}

/** Starts to take a restore back: its items get what they had before, unless they were changed since. */
export function startUndo(ctx: RestoreContext, id: string, undoes: string): RpcResult<Restore> {
  return start(ctx, id, () => {
    const undone = ctx.replica.restores.find(undoes)
    if (!undone) return refusal('restore_not_found', 'Restore not found')
    if (undone.kind === 'rewind' || undone.undone_at !== null || undone.state === 'running')
      return refusal('nothing_to_undo', 'It is under way, it was undone already, or the platform made it.')
    if (undone.at < ctx.replica.history.earliestAt())
      return refusal('moment_not_kept', 'What the items were before it is no longer kept.')
    return { to: undone.at, newer: 'keep', kind: 'undo', undoes }
  })
}

type Start = RestoreInput & Pick<RestoreRow, 'kind' | 'undoes'>

function start(
  { replica, now }: RestoreContext,
  id: string,
  decideStart: () => Start | (RpcResult<never> & { ok: false }),
): RpcResult<Restore> {
  return replica.database.transaction(() => {
    const known = replica.restores.find(id)
    if (known) return { ok: true, value: presentRestore(known) }
    const running = replica.restores.running()
    if (running) return refusal('restore_running', `The restore ${running.id} is not done: continue it first.`)
    const begun = decideStart()
    if ('ok' in begun) return begun
    const { to, newer, kind, undoes } = begun
    replica.restores.add({ id, kind, to_at: to, at: now(), state: 'running', newer, undoes })
    const row = replica.restores.find(id)
    if (!row) throw new Error('a restore was not stored')
    return { ok: true, value: presentRestore(row) }
  })
}

/** Items of an undo, with the cursor of each. One that was changed after the restore stays as it is. */
function undoCandidates(ctx: RestoreContext, row: RestoreRow): [cursor: number, outcome: () => Outcome | null][] {
  const { history, items } = ctx.replica
  const undone = row.undoes ?? ''
  const steps = history.causedBy(undone, row.cursor, STEP_ITEMS)
  const lastChange = new Map(steps[0] ? history.lastChanges(steps[0].historyId) : [])
  return steps.map((side) => [
    side.historyId,
    () => {
      const before = items.getByRow(side.itemN)
      if (!before) return null
      const isEdited = (lastChange.get(side.itemN) ?? 0) > side.historyId
      return isEdited ? { kind: 'skipped', before, code: 'edited_since' } : decide(ctx, before, side)
    },
  ])
}

function momentCandidates(ctx: RestoreContext, row: RestoreRow): [cursor: number, outcome: () => Outcome | null][] {
  const input = { to: row.to_at, newer: row.newer }
  const next = candidatesOf(ctx, input, row.at).filter(({ itemN }) => itemN > row.cursor)
  return next.map((candidate) => [candidate.itemN, () => outcomeOf(ctx, candidate)])
}

function store(ctx: RestoreContext, id: string, outcome: Outcome): void {
  if (outcome.kind === 'skipped') return
  // moving an item to the trash ends its conflict
  saveChange({ ...ctx, by: 'operator' }, outcome.before, outcome.after, { action: 'restore_site', source: id })
}

/** A restore is done when its last candidate is; an undo, which finds a few at a time, when there are no more. */
const isDone = (row: RestoreRow, cursor: number, candidates: readonly [number, unknown][]) =>
  candidates.length === 0 || (row.kind === 'moment' && cursor === candidates.at(-1)?.[0])

/**
 * Carries out the next step of a restore, in one transaction.
 * @returns what is left: `more`, nothing (`done`), or what can't be done any more (`failed`)
 */
export function playRestore(ctx: RestoreContext, row: RestoreRow): 'more' | 'done' | 'failed' {
  return ctx.replica.database.transaction(() => {
    // so much has changed meanwhile that the moment is no longer kept
    if (row.to_at < ctx.replica.history.floorAt()) return 'failed'
    const candidates = row.kind === 'undo' ? undoCandidates(ctx, row) : momentCandidates(ctx, row)
    const counts = readCounts(row)
    let [cursor, items, characters] = [row.cursor, 0, 0]
    for (const [at, find] of candidates) {
      if (items >= STEP_ITEMS || characters >= STEP_CHARACTERS) break
      const outcome = find()
      cursor = at
      if (!outcome) continue
      count(counts, outcome)
      store(ctx, row.id, outcome)
      items++
      characters += outcome.before.local.body.length + outcome.before.local.excerpt.length
    }
    ctx.replica.restores.save(row.id, cursor, counts)
    return isDone(row, cursor, candidates) ? 'done' : 'more'
  })
}

/** Ends a restore; one that undoes another marks it. */
export function endRestore({ replica, now }: RestoreContext, row: RestoreRow, state: 'done' | 'failed'): void {
  replica.database.transaction(() => {
    replica.restores.end(row.id, state)
    if (state === 'done' && row.undoes !== null) replica.restores.markUndone(row.undoes, now())
  })
}
