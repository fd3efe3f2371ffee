import type { ItemDoc } from './doc.ts'
import { copyFields } from './fields.ts'
import { resolveDocs, type Side } from './merge.ts'
import { hasTrashStatus, withoutError, type ItemRecord } from './record.ts'

/** The post goes to the trash with this content. */
const toTrash = (record: ItemRecord, content: ItemDoc): ItemRecord => ({
  ...record,
  deletion: null,
  base: record.external,
  local: { ...content, status: 'trash' },
})

/** The site deleted the post, IGNY8 changed the item: delete it here too, or create the post again. */
function resolveExternalDeletion(record: ItemRecord, side: Side): ItemRecord {
  // an earlier resolution, since undone, may have created the post again: then it has an etag, and goes to the trash
  const isThereAgain = record.etag !== null && record.external !== null
  if (side === 'wordpress')
    return isThereAgain ? toTrash(record, record.external ?? record.local) : { ...record, deletion: 'both' }
  return { ...record, deletion: null, externalId: null, external: null, etag: null, externalUrl: null, base: null }
}

/**
 * IGNY8 deleted the item, the site changed the post: delete the post too, or restore the item. Only a post that is still
 * in the site's trash is deleted; one that was taken out of it goes back.
 */
function resolveLocalDeletion(record: ItemRecord, side: Side, external: ItemDoc): ItemRecord {
  if (side === 'igny8' && record.external === null) return { ...record, base: null, deletion: 'both' }
  if (side === 'igny8' && !hasTrashStatus(external)) return toTrash(record, external)
  if (side === 'igny8') return { ...record, base: record.external, deletion: 'local' }
  return { ...record, deletion: null, local: external, base: record.external }
}

/**
 * Resolves a conflict with a side for each field; fields without a choice keep IGNY8's side. Values that differ from
 * the site still have to be sent. Store the record as it was before: an undo restores it.
 */
export function resolveConflict(
  record: ItemRecord,
  choices: Readonly<Record<string, Side>>,
  { now }: { now: number },
): ItemRecord {
  const resolved: ItemRecord = {
    ...withoutError(record),
    conflictFields: [],
    conflictSince: null,
    conflictExternal: null,
    revision: record.revision + 1,
    updatedAt: now,
  }
  const side = choices['deleted'] ?? 'igny8'
  if (record.deletion === 'external') return resolveExternalDeletion(resolved, side)
  const external = record.conflictExternal ?? record.external
  if (external === null) return resolved
  if (record.deletion === 'local') return resolveLocalDeletion(resolved, side, external)
  return { ...resolved, base: record.external, local: resolveDocs(record.local, external, choices) }
}

/** What is stored of a conflict when it is resolved; an undo restores it. */
export type ConflictSnapshot = Pick<ItemRecord, 'local' | 'external' | 'base' | 'conflictFields' | 'deletion'>

/** The conflict as people saw it. */
export const toConflictSnapshot = ({
  local,
  external,
  conflictExternal,
  base,
  conflictFields,
  deletion,
}: ItemRecord): ConflictSnapshot => ({
  local,
  external: conflictExternal ?? external,
  base,
  conflictFields,
  deletion,
})

/**
 * The sides before the resolution. If both sides exist, only the fields in conflict are restored, so later changes
 * stay.
 */
function restoreSides(
  record: ItemRecord,
  before: ConflictSnapshot,
): Pick<ItemRecord, 'local' | 'base' | 'conflictExternal'> {
  const { local, base, external, conflictFields } = before
  const isWhole = record.deletion !== null || before.deletion !== null
  if (isWhole || !record.base || !record.external || !base || !external)
    return { local, base, conflictExternal: external }
  return {
    local: copyFields(record.local, local, conflictFields),
    base: copyFields(record.base, base, conflictFields),
    conflictExternal: copyFields(record.external, external, conflictFields),
  }
}

/**
 * Undoes a resolution: the conflict is open again, with both sides as they were. What the resolution sent stays on the
 * site until the conflict is resolved again.
 */
export function undoResolution(record: ItemRecord, before: ConflictSnapshot, { now }: { now: number }): ItemRecord {
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
