/**
 * Three-way merge by field. `base` is the last content on which both sides agreed, `local` is IGNY8's side, `external`
 * the site's. For each field (see FieldPath):
 *
 *   changed by            result
 *   neither side          unchanged
 *   one side              that side's value
 *   both, to one value    that value
 *   both, differently     a conflict: both values are kept until somebody chooses
 *
 * Status and date of a scheduled item are one decision: mixed from both sides they could publish what nobody wanted
 * live. If both sides changed either, and the sides differ in both, both fields are a conflict.
 *
 * The merge loses no change: each change of either side is in the merged document or in a conflict. Merging again with
 * the result as `local` changes nothing.
 */
import type { ItemDoc } from './doc.ts'
import { diffDocs, isFieldEqual, readField, writeField, type FieldPath } from './fields.ts'

export interface Merged {
  /** `local` with all changes of the site that do not conflict. */
  doc: ItemDoc
  /** Fields that both sides changed to different values; `doc` has the local value. */
  conflicts: FieldPath[]
  /** Fields without a conflict in which `doc` differs from the site: they are to be pushed. */
  toPush: FieldPath[]
}

const SCHEDULE: readonly FieldPath[] = ['status', 'date']

/** Status and date, if both sides changed when the item goes live and one of them schedules it; else nothing. */
function scheduleConflicts(base: ItemDoc, local: ItemDoc, external: ItemDoc): readonly FieldPath[] {
  const isScheduled = local.status === 'future' || external.status === 'future'
  const isChanged = (side: ItemDoc) => SCHEDULE.some((path) => !isFieldEqual(base, side, path))
  const differs = SCHEDULE.every((path) => !isFieldEqual(local, external, path))
  return isScheduled && differs && isChanged(local) && isChanged(external) ? SCHEDULE : []
}

/** Merges the changes of both sides since `base`. */
export function mergeDocs(base: ItemDoc, local: ItemDoc, external: ItemDoc): Merged {
  const conflicts: FieldPath[] = [...scheduleConflicts(base, local, external)]
  let doc = local
  for (const path of diffDocs(base, external)) {
    if (conflicts.includes(path) || isFieldEqual(local, external, path)) continue
    if (isFieldEqual(local, base, path)) doc = writeField(doc, path, readField(external, path))
    else conflicts.push(path)
  }
  const toPush = diffDocs(doc, external).filter((path) => !conflicts.includes(path))
  return { doc, conflicts, toPush }
}

export type Side = 'wordpress' | 'igny8'

/** Applies the side chosen for each field in conflict. @returns the document that both sides are to have */
export function resolveDocs(merged: ItemDoc, external: ItemDoc, choices: Readonly<Record<FieldPath, Side>>): ItemDoc {
  let doc = merged
  for (const [path, side] of Object.entries(choices)) {
    if (side === 'wordpress') doc = writeField(doc, path, readField(external, path))
  }
  return doc
}
