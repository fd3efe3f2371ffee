/** Bulk jobs and their items as the Worker gets them. */
import type { BulkItem, BulkOutcome } from '../../contract/bulk.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import type { StoredBulk } from '../bulk-rpc.ts'
import { presentItem } from '../items/present.ts'
import type { ItemRecord } from '../items/record.ts'
import { refusal, type RpcResult } from '../rpc.ts'
import { canUndo } from './bulk-decisions.ts'
import type { ContentContext, Refusal } from './item-decisions.ts'
import { actionOf, countsOfBulk, type BulkEntry, type BulkRow } from './tables/bulk.ts'

/** What became of an item; other results are codes of reasons. `ended`: it was changed, which ended its conflict. */
export const CHANGED = 'changed'
export const ENDED = 'ended'
export const UNCHANGED = 'unchanged'

export const isChanged = (result: string | undefined) => result === CHANGED || result === ENDED

export const titleOf = ({ local }: ItemRecord) => local.title.slice(0, 200)

export const NOT_FOUND = refusal('bulk_not_found', 'Bulk job not found')

export function refuseUndo(row: BulkRow): Refusal | null {
  if (row.finished_at === null) return refusal('bulk_running', 'It is not done yet.')
  return row.kind === 'undo' || row.undone_by !== null || !canUndo(actionOf(row))
    ? refusal('nothing_to_undo', 'It was undone already, or it is of a kind that can’t be taken back.')
    : null
}

/** A job as the Worker gets it. */
export function presentBulk({ replica, siteId }: ContentContext, row: BulkRow): StoredBulk {
  const changed = replica.bulk.entries(row).flatMap(([n, result]) => (n !== null && isChanged(result) ? [n] : []))
  const [atWork] = row.finished_at === null ? replica.bulk.unfinished() : []
  return {
    id: row.id,
    site_id: siteId,
    kind: row.kind,
    action: actionOf(row),
    of: row.source,
    state: row.finished_at !== null ? 'done' : atWork?.n === row.n ? 'running' : 'waiting',
    actor: row.actor,
    total: row.total,
    counts: countsOfBulk(row),
    sending: replica.search.sending(changed),
    created_at: toTimestamp(row.at),
    finished_at: toTimestamp(row.finished_at),
    can_undo: refuseUndo(row) === null && countsOfBulk(row).changed > 0,
    undone_by: row.undone_by,
  }
}

export function outcomeOf(result: string | undefined, isFailed: boolean): BulkOutcome {
  if (isChanged(result)) return isFailed ? 'failed' : 'changed'
  return result === UNCHANGED ? 'unchanged' : 'refused'
}

function describe(ctx: ContentContext, [n, result]: BulkEntry): BulkItem | null {
  const record = n === null ? null : ctx.replica.items.getByRow(n)
  if (!record || result === undefined) return null
  const { id, type, state, error } = presentItem(ctx.replica, ctx.siteId, record, ctx.now())
  const outcome = outcomeOf(result, state === 'failed')
  return { id, type, title: titleOf(record), outcome, code: outcome === 'refused' ? result : null, state, error }
}

/** The items of a job that are done, a page of them. @param after how many were passed before */
export function listBulkItems(
  ctx: ContentContext,
  id: string,
  { outcome, after, limit }: { outcome: BulkOutcome | undefined; after: number; limit: number },
): RpcResult<{ results: BulkItem[]; next: number | null }> {
  const row = ctx.replica.bulk.find(id)
  if (!row) return NOT_FOUND
  const entries: BulkEntry[] = ctx.replica.bulk.entries(row)
  const results: BulkItem[] = []
  for (const [at, entry] of entries.entries()) {
    const isAsked = outcome === undefined || outcome === outcomeOf(entry[1], outcome === 'failed')
    if (at < after || !isAsked) continue
    const item = describe(ctx, entry)
    if (!item || (outcome !== undefined && item.outcome !== outcome)) continue
    results.push(item)
    if (results.length === limit) return { ok: true, value: { results, next: at + 1 < entries.length ? at + 1 : null } }
  }
  return { ok: true, value: { results, next: null } }
}

export function getBulk(ctx: ContentContext, id: string): RpcResult<StoredBulk> {
  const row = ctx.replica.bulk.find(id)
  return row ? { ok: true, value: presentBulk(ctx, row) } : NOT_FOUND
}

/** Jobs, newest first. @param before id of the last one of the page before */
export function listBulk(
  ctx: ContentContext,
  before: string | null,
  limit: number,
): RpcResult<{ results: StoredBulk[]; next: string | null }> {
  const from = before === null ? null : ctx.replica.bulk.find(before)
  if (before !== null && !from) return refusal('invalid_cursor', 'The page before is no longer kept.')
  const rows = ctx.replica.bulk.list(from?.n ?? null, limit + 1)
  const shown = rows.slice(0, limit)
  const results = shown.map((row) => presentBulk(ctx, row))
  return { ok: true, value: { results, next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null } }
}
