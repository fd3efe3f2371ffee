import type { ItemDoc } from './doc.ts'
import { diffDocs, isFieldEqual, readField, writeField, type FieldPath } from './fields.ts'

export interface Merged {
  /** The local document with every change of the other side that doesn't collide with one of its own. */
  doc: ItemDoc
  /** Parts that both sides changed, to different values; there `doc` has the local value. */
  conflicts: FieldPath[]
  /** Parts in which `doc` differs from the external side apart from conflicts: what is to be pushed. */
  toPush: FieldPath[]
}

/**
 * Three-way merge by part. A part that one side changed takes that side's value; one that both changed alike is agreed;
 * one that both changed differently is a conflict, and nothing is overwritten.
 * @param base the last state on which both agreed
 */
export function mergeDocs(base: ItemDoc, local: ItemDoc, external: ItemDoc): Merged {
  const conflicts: FieldPath[] = []
  let doc = local
  for (const path of diffDocs(base, external)) {
    if (isFieldEqual(local, external, path)) continue
    if (isFieldEqual(local, base, path)) doc = writeField(doc, path, readField(external, path))
    else conflicts.push(path)
  }
  const toPush = diffDocs(doc, external).filter((path) => !conflicts.includes(path))
  return { doc, conflicts, toPush }
}

export type Side = 'wordpress' | 'igny8'

/** Ends conflicts: for each part the side that is chosen. Returns the document that both sides shall have. */
export function resolveDocs(merged: ItemDoc, external: ItemDoc, choices: Readonly<Record<FieldPath, Side>>): ItemDoc {
  let doc = merged
  for (const [path, side] of Object.entries(choices)) {
    if (side === 'wordpress') doc = writeField(doc, path, readField(external, path))
  }
  return doc
}
