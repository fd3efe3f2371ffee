import type { ItemDoc } from './doc.ts'
import { copyFields } from './fields.ts'
import { resolveDocs, type Side } from './merge.ts'
import { withoutError, type ItemRecord } from './record.ts'

/** Ends "deleted there, changed here": deleted on both sides, or made anew there. */
function resolveDeletedThere(record: ItemRecord, side: Side): ItemRecord {
  // an undone resolution may have brought the post back
  if (side === 'wordpress') return { ...record, deletion: record.etag === null ? 'both' : 'local' }
  return { ...record, deletion: null, externalId: null, external: null, etag: null, externalUrl: null, base: null }
}

/** Ends "deleted here, changed there": deleted there too, or back again. */
function resolveDeletedHere(record: ItemRecord, side: Side, theirs: ItemDoc): ItemRecord {
  if (side === 'igny8')
    return { ...record, base: record.external, deletion: record.external === null ? 'both' : 'local' }
  return { ...record, deletion: null, local: theirs, base: record.external }
}

/**
 * Ends a conflict by a choice per part; parts without one take IGNY8's side. What was chosen still has to be sent where it
 * differs from the site. The record before it is what an undo restores.
 */
export function resolveConflict(
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
  if (record.deletion === 'external') return resolveDeletedThere(settled, side)
  const theirs = record.theirs ?? record.external
  if (theirs === null) return settled
  if (record.deletion === 'local') return resolveDeletedHere(settled, side, theirs)
  return { ...settled, base: record.external, local: resolveDocs(record.local, theirs, choices) }
}

/** What is kept of an item when its conflict is settled. */
export type BeforeResolution = Pick<ItemRecord, 'local' | 'external' | 'base' | 'conflictFields' | 'deletion'>

/** The two sides of a conflict, as they are shown: what an undo brings back. */
export const toBeforeResolution = ({
  local,
  external,
  theirs,
  base,
  conflictFields,
  deletion,
}: ItemRecord): BeforeResolution => ({
  local,
  external: theirs ?? external,
  base,
  conflictFields,
  deletion,
})

/** The sides as they were; of an item that is on both sides only what was in conflict, so that later changes stay. */
function restoreSides(record: ItemRecord, before: BeforeResolution): Pick<ItemRecord, 'local' | 'base' | 'theirs'> {
  const { local, base, external, conflictFields } = before
  const isWhole = record.deletion !== null || before.deletion !== null
  if (isWhole || !record.base || !record.external || !base || !external) return { local, base, theirs: external }
  return {
    local: copyFields(record.local, local, conflictFields),
    base: copyFields(record.base, base, conflictFields),
    theirs: copyFields(record.external, external, conflictFields),
  }
}

/**
 * Opens a settled conflict again, with both sides of it as they were before. What the resolution has sent stays at the site until
 * the conflict is settled anew.
 */
export function undoResolution(record: ItemRecord, before: BeforeResolution, { now }: { now: number }): ItemRecord {
  const isGone = record.deletion === 'both'
  return {
    ...withoutError(record),
    ...(isGone && { externalId: null, etag: null, external: null, externalUrl: null }),
    ...restoreSides(record, before),
    deletion: before.deletion,
    conflictFields: before.conflictFields,
    conflictSince: now,
    revision: record.revision + 1,
    updatedAt: now,
  }
}
