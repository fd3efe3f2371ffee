import { EMPTY_DOC, type ItemDoc } from './doc.ts'
import { diffDocs } from './fields.ts'
import { withoutError, type ItemRecord } from './record.ts'

/** Fields of a document that an editor changes; terms and meta by taxonomy and key, meta null deletes the key. */
export type DocPatch = Partial<Omit<ItemDoc, 'terms' | 'meta'>> & {
  terms?: Record<string, string[]>
  meta?: Record<string, unknown>
}

const withoutNulls = (meta: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(meta).filter(([, value]) => value !== null))

/** The document with an editor's changes. */
export function patchDoc(doc: ItemDoc, { terms, meta, ...plain }: DocPatch): ItemDoc {
  return {
    ...doc,
    ...plain,
    terms: { ...doc.terms, ...terms },
    meta: withoutNulls({ ...doc.meta, ...meta }),
  }
}

/** A new item that the site doesn't have yet. */
export function createRecord(id: string, type: string, patch: DocPatch, now: number): ItemRecord {
  return {
    n: 0,
    id,
    type,
    externalId: null,
    etag: null,
    externalModified: null,
    externalUrl: null,
    revision: 1,
    deletion: null,
    conflictFields: [],
    conflictSince: null,
    error: null,
    errorSince: null,
    attempts: 0,
    retryAt: null,
    updatedAt: now,
    base: null,
    local: patchDoc(EMPTY_DOC, patch),
    external: null,
    theirs: null,
  }
}

/**
 * An editor's change of the IGNY8 side; an error is forgotten, since what failed is not what is there now. A change of nothing
 * leaves the record as it is.
 */
export function editRecord(record: ItemRecord, patch: DocPatch, now: number): ItemRecord {
  const local = patchDoc(record.local, patch)
  if (diffDocs(record.local, local).length === 0) return record
  return {
    ...withoutError(record),
    local,
    revision: record.revision + 1,
    updatedAt: now,
  }
}

/**
 * Deletes the IGNY8 side; an item that the site is not known to have is gone at once. If its create has reached the site after all,
 * the import of the post carries the deletion there.
 */
export function deleteRecord(record: ItemRecord, now: number): ItemRecord {
  const deletion = record.externalId === null || record.deletion === 'external' ? 'both' : 'local'
  return {
    ...withoutError(record),
    deletion,
    conflictFields: [],
    conflictSince: null,
    theirs: null,
    revision: record.revision + 1,
    updatedAt: now,
  }
}
