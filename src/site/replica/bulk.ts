/**
 * Changes of many items of a site. Their items are fixed when the job is made. It is carried out in steps; each commits
 * what became of its items together with how far it is, so an object that ends in between repeats nothing and leaves
 * nothing out. An item that can't be changed stays as it is, with the reason. The rows that a job adds to the journal
 * (tables/history.ts) name it: an undo works from them, and leaves alone what was changed since.
 */
import {
  MAX_BULK_IDS,
  MAX_BULK_ITEMS,
  MAX_BULK_WAITING,
  PLANNED_REFUSALS,
  type BulkCounts,
  type BulkPlan,
  type BulkSelection,
} from '../../contract/bulk.ts'
import { log } from '../../lib/log.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import { stateOf, type ItemRecord } from '../items/record.ts'
import type { BulkStart, StoredBulk } from '../bulk-rpc.ts'
import { refusal, type RpcResult } from '../rpc.ts'
import {
  canUndo,
  decideAgain,
  decideChange,
  decideReopening,
  decideUndo,
  type Trace,
  type Verdict,
} from './bulk-decisions.ts'
import {
  CHANGED,
  ENDED,
  isChanged,
  NOT_FOUND,
  outcomeOf,
  presentBulk,
  refuseUndo,
  titleOf,
  UNCHANGED,
} from './bulk-present.ts'
import { findAllRows } from './find.ts'
import { saveChange, type ContentContext, type Refusal } from './item-decisions.ts'
import { actionOf, countsOfBulk, PART_ITEMS, type BulkRow, type NewBulk } from './tables/bulk.ts'

/** Items of a step, and characters of their texts after which it ends. */
const STEP_ITEMS = 100
const STEP_CHARACTERS = 4_000_000

const TOO_LARGE = refusal('bulk_too_large', `There are more than ${MAX_BULK_ITEMS}, or too many texts to search.`)

/** Everything that a filter matches, as of a moment. */
function selectMatching(ctx: ContentContext, { filter, as_of: asOf }: Extract<BulkSelection, { filter: unknown }>) {
  const match = { ...filter, ...(asOf !== undefined && { asOf: Date.parse(asOf) }) }
  return findAllRows(ctx, match, MAX_BULK_ITEMS) ?? TOO_LARGE
}

const select = (ctx: ContentContext, selection: BulkSelection): (number | null)[] | Refusal =>
  'ids' in selection
    ? ctx.replica.search.numbersOf([...new Set(selection.ids)].slice(0, MAX_BULK_IDS))
    : selectMatching(ctx, selection)

const asOfOf = ({ as_of: asOf }: BulkSelection): number | null => (asOf === undefined ? null : Date.parse(asOf))

const noCounts = (): BulkCounts => ({ changed: 0, unchanged: 0, refused: {} })

function count(counts: BulkCounts, result: string): void {
  if (isChanged(result)) counts.changed++
  else if (result === UNCHANGED) counts.unchanged++
  else counts.refused[result] = (counts.refused[result] ?? 0) + 1
}

/** What a job would do. Writes nothing. */
export function planBulk(
  ctx: ContentContext,
  { selection, action }: Pick<BulkStart, 'selection' | 'action'>,
): RpcResult<Omit<BulkPlan, 'is_sent'>> {
  const items = select(ctx, selection)
  if ('ok' in items) return items
  const counts = noCounts()
  const kinds = new Map<string, BulkPlan['kinds'][number]>()
  const refusedItems: BulkPlan['refused'] = []
  for (const n of items) {
    const before = n === null ? null : ctx.replica.items.getByRow(n)
    if (!before) {
      count(counts, 'item_not_found')
      continue
    }
    const verdict = decideChange(ctx, before, action, asOfOf(selection))
    count(counts, verdict.kind === 'refused' ? verdict.code : verdict.kind)
    const { id, type, local } = before
    if (verdict.kind === 'refused' && refusedItems.length < PLANNED_REFUSALS)
      refusedItems.push({ id, type, title: titleOf(before), code: verdict.code, detail: verdict.detail })
    if (verdict.kind !== 'changed') continue
    const key = `${type} ${local.status}`
    kinds.set(key, { type, status: local.status, count: (kinds.get(key)?.count ?? 0) + 1 })
  }
  const shared = { site_id: ctx.siteId, as_of: toTimestamp(ctx.now()), action, total: items.length, counts }
  const sorted = [...kinds.values()].toSorted((left, right) => right.count - left.count)
  return { ok: true, value: { ...shared, kinds: sorted, refused: refusedItems, can_undo: canUndo(action) } }
}

/** Adds a job, unless it is there already: repeating it returns the one that was made. */
function add(
  ctx: ContentContext,
  id: string,
  make: () => Omit<NewBulk, 'id' | 'at' | 'history_id'> | Refusal,
): RpcResult<StoredBulk> {
  const { bulk, database, history } = ctx.replica
  return database.transaction(() => {
    if (!bulk.find(id)) {
      if (bulk.unfinished().length >= MAX_BULK_WAITING)
        return refusal('bulk_queue_full', `${MAX_BULK_WAITING} jobs of this site are waiting.`)
      const job = make()
      if ('ok' in job) return job
      bulk.add({ ...job, id, at: ctx.now(), history_id: history.lastId() })
    }
    const row = bulk.find(id)
    if (!row) throw new Error('a bulk job was not stored')
    return { ok: true, value: presentBulk(ctx, row) }
  })
}

export const startBulk = (ctx: ContentContext, { id, actor, selection, action }: BulkStart): RpcResult<StoredBulk> =>
  add(ctx, id, () => {
    const items = select(ctx, selection)
    if ('ok' in items) return items
    return { kind: 'change', action, items, actor, source: null, as_of: asOfOf(selection) }
  })

/** Starts to take a job back: its items get what they had before, unless they were changed since. */
export const undoBulk = (ctx: ContentContext, id: string, actor: string, undone: string): RpcResult<StoredBulk> =>
  add(ctx, id, () => {
    const { bulk } = ctx.replica
    const row = bulk.find(undone)
    if (!row) return NOT_FOUND
    const items = bulk.entries(row).flatMap(([n, result]) => (isChanged(result) ? [n] : []))
    const refused = refuseUndo(row)
    if (refused) return refused
    if (items.length === 0) return refusal('nothing_to_undo', 'It has changed no item.')
    bulk.markUndone(undone, id)
    return { kind: 'undo', action: actionOf(row), items, actor, source: undone, as_of: null }
  })

/** Starts to repeat a job for the items that it could not change, and for those that could not be sent. */
export const retryBulk = (ctx: ContentContext, id: string, actor: string, failed: string): RpcResult<StoredBulk> =>
  add(ctx, id, () => {
    const { bulk } = ctx.replica
    const row = bulk.find(failed)
    if (!row) return NOT_FOUND
    if (row.finished_at === null) return refusal('bulk_running', 'It is not done yet.')
    if (row.kind === 'undo') return refusal('nothing_to_retry', 'An undo leaves alone what was changed since.')
    const items = bulk.entries(row).flatMap(([n, result]) => {
      const record = n === null ? null : ctx.replica.items.getByRow(n)
      const isFailed = record !== null && stateOf(record) === 'failed'
      return isFailed || (n !== null && outcomeOf(result, false) === 'refused') ? [n] : []
    })
    if (items.length === 0) return refusal('nothing_to_retry', 'None of its items failed.')
    return { kind: 'retry', action: actionOf(row), items, actor, source: failed, as_of: null }
  })

/** What the items of a step were before the job that is undone, and as it left them. */
function tracesOf({ replica }: ContentContext, job: BulkRow, items: readonly number[]): Map<number, Trace> {
  const { history } = replica
  const changes = Map.groupBy(history.changesOf(items, job.history_id), ({ itemN }) => itemN)
  return new Map(
    items.flatMap((n): [number, Trace][] => {
      const record = replica.items.getByRow(n)
      if (!record) return []
      const own = (changes.get(n) ?? []).find(({ cause }) => cause === job.id)
      const next = (changes.get(n) ?? []).find(({ id }) => id > (own?.id ?? job.history_id))
      const after = next ? history.get(next.id) : null
      const left = { left: after?.doc ?? record.local, deletionLeft: after ? after.deletion : record.deletion }
      return [[n, { ...left, was: own ? history.get(own.id) : null }]]
    }),
  )
}

const EXPIRED: Verdict = { kind: 'refused', code: 'moment_not_kept', detail: 'What it was before is no longer kept.' }

/** Decides on the items of a step. */
function judgeOf(ctx: ContentContext, row: BulkRow, items: readonly number[]): (before: ItemRecord) => Verdict {
  const action = actionOf(row)
  if (row.kind === 'change') return (before) => decideChange(ctx, before, action, row.as_of)
  if (row.kind === 'retry') return (before) => decideAgain(ctx, before, action)
  const undone = row.source === null ? null : ctx.replica.bulk.find(row.source)
  if (!undone) return () => EXPIRED
  const traces = tracesOf(ctx, undone, items)
  const results = new Map(ctx.replica.bulk.entries(undone).map(([n, result]) => [n, result]))
  return (before) => {
    const trace = traces.get(before.n)
    if (!trace) return EXPIRED
    if (results.get(before.n) === ENDED) return decideReopening(ctx, before, trace)
    return trace.was ? decideUndo(ctx, before, trace) : EXPIRED
  }
}

/** What a change does besides: a post is read anew, or a resolution counts as undone. */
function applyEffects({ replica, now }: ContentContext, row: BulkRow, before: ItemRecord, after: ItemRecord): void {
  const { kind } = actionOf(row)
  const isReopened = row.kind === 'undo' && before.conflictFields.length === 0 && after.conflictFields.length > 0
  if (isReopened) replica.resolutions.takeLast(before.n, now())
  const isRead = row.kind !== 'undo' && (kind === 'sync' || (before.error !== null && after.error === null))
  if (isRead && before.externalId !== null) replica.inbox.remind(before.externalId, now(), now())
}

function changeOne(ctx: ContentContext, row: BulkRow, n: number | null, judge: (before: ItemRecord) => Verdict) {
  const before = n === null ? null : ctx.replica.items.getByRow(n)
  if (!before) return { result: 'item_not_found', characters: 0 }
  const characters = before.local.body.length + before.local.excerpt.length
  const verdict = judge(before)
  if (verdict.kind !== 'changed') return { result: verdict.kind === 'refused' ? verdict.code : UNCHANGED, characters }
  const { after } = verdict
  if (after !== before) saveChange({ ...ctx, by: row.actor }, before, after, { action: 'bulk', source: row.id })
  applyEffects(ctx, row, before, after)
  const hasEnded = before.conflictFields.length > 0 && after.conflictFields.length === 0
  return { result: hasEnded ? ENDED : CHANGED, characters }
}

/** An item that breaks stays as it was, and the others go on. */
function tryOne(ctx: ContentContext, row: BulkRow, n: number | null, judge: (before: ItemRecord) => Verdict) {
  try {
    return ctx.replica.database.transaction(() => changeOne(ctx, row, n, judge))
  } catch (cause) {
    log.error('item of a bulk job failed', { bulk_id: row.id, item_n: n, cause })
    return { result: 'internal_error', characters: 0 }
  }
}

/**
 * Carries out the next step of a job, in one transaction.
 * @returns whether it is done
 */
export function playBulk(ctx: ContentContext, id: string): boolean {
  const { bulk, database } = ctx.replica
  return database.transaction(() => {
    const row = bulk.find(id)
    if (!row || row.done >= row.total) return true
    const part = Math.floor(row.done / PART_ITEMS)
    const entries = bulk.part(row.n, part)
    const from = row.done % PART_ITEMS
    const step = entries.slice(from, from + STEP_ITEMS)
    const judge = judgeOf(
      ctx,
      row,
      step.flatMap(([n]) => (n === null ? [] : [n])),
    )
    const counts = countsOfBulk(row)
    let [done, characters] = [0, 0]
    for (const [n] of step) {
      if (characters >= STEP_CHARACTERS) break
      const one = tryOne(ctx, row, n, judge)
      entries[from + done] = [n, one.result]
      count(counts, one.result)
      characters += one.characters
      done++
    }
    if (step.length === 0) throw new Error(`part ${part} of ${id} is missing`)
    bulk.savePart(row.n, part, entries)
    bulk.save(row.n, row.done + done, counts)
    return row.done + done >= row.total
  })
}
