import type { ItemDoc } from './doc.ts'
import { settleDocs, type Side } from './merge.ts'
import { withoutError, type ItemRecord } from './record.ts'

/** Ends "deleted there, changed here": deleted on both sides, or made anew there. */
function settleDeletedThere(record: ItemRecord, side: Side): ItemRecord {
  if (side === 'wordpress') return { ...record, deletion: 'both' }
  return { ...record, deletion: null, externalId: null, external: null, etag: null, externalUrl: null, base: null }
}

/** Ends "deleted here, changed there": deleted there too, or back again. */
function settleDeletedHere(record: ItemRecord, side: Side, theirs: ItemDoc): ItemRecord {
  if (side === 'igny8')
    return { ...record, base: record.external, deletion: record.external === null ? 'both' : 'local' }
  return { ...record, deletion: null, local: theirs, base: record.external }
}

/**
 * Ends a conflict by a choice per part; parts without one take IGNY8's side. What was chosen still has to be sent where it
 * differs from the site. The record before it is what an undo restores.
 */
export function settleConflict(
  record: ItemRecord,
  choices: Readonly<Record<string, Side>>,
  { now }: { now: number },
): ItemRecord {
  const settled: ItemRecord = {
    ...withoutError(record),
    conflictFields: [],
    conflictSince: null,
    theirs: null,
    revision: record.revision + 1,
    updatedAt: now,
  }
  const side = choices['deleted'] ?? 'igny8'
  if (record.deletion === 'external') return settleDeletedThere(settled, side)
  const theirs = record.theirs ?? record.external
  if (theirs === null) return settled
  if (record.deletion === 'local') return settleDeletedHere(settled, side, theirs)
  return { ...settled, base: record.external, local: settleDocs(record.local, theirs, choices) }
}

/** What is kept of an item when its conflict is settled. */
export type Settled = Pick<ItemRecord, 'local' | 'external' | 'base' | 'conflictFields' | 'deletion'>

/**
 * Opens a settled conflict again, with both sides as they were before. What the settlement has sent stays at the site until the
 * conflict is settled anew.
 */
export function undoSettlement(record: ItemRecord, before: Settled, { now }: { now: number }): ItemRecord {
  const isGone = record.deletion === 'both'
  return {
    ...withoutError(record),
    ...(isGone && { externalId: null, etag: null, external: null, externalUrl: null }),
    local: before.local,
    base: before.base,
    theirs: before.external,
    deletion: before.deletion,
    conflictFields: before.conflictFields,
    conflictSince: now,
    revision: record.revision + 1,
    updatedAt: now,
  }
}
