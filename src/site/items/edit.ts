import { EMPTY_DOC, type ItemDoc } from './doc.ts'
import { diffDocs } from './fields.ts'
import { withoutError, type ItemRecord } from './record.ts'

/** An editor's changes. Terms replace those of their taxonomy; a meta value of null deletes the key. */
export type DocPatch = Partial<Omit<ItemDoc, 'terms' | 'meta'>> & {
  terms?: Record<string, string[]>
  meta?: Record<string, unknown>
}

const withoutNulls = (meta: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(meta).filter(([, value]) => value !== null))

/** Applies an editor's changes to a document. */
export function patchDoc(doc: ItemDoc, { terms, meta, ...plain }: DocPatch): ItemDoc {
  return {
    ...doc,
    ...plain,
    terms: { ...doc.terms, ...terms },
    meta: withoutNulls({ ...doc.meta, ...meta }),
  }
}

/** A new item that is not on the site yet. */
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
    builder: null,
    isProtected: false,
    isListed: true,
    staleSave: null,
    conflictSince: null,
    error: null,
    errorSince: null,
    attempts: 0,
    retryAt: null,
    updatedAt: now,
    base: null,
    local: patchDoc(EMPTY_DOC, patch),
    external: null,
    conflictExternal: null,
  }
}

/**
 * Applies an editor's change to the IGNY8 side. It clears an error, because the content that failed has changed. A
 * change without effect returns the same record.
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
 * Deletes the IGNY8 side. An item without a post is deleted at once. If a create was under way and its answer got lost,
 * the import of its post sends the deletion to the site.
 */
export function deleteRecord(record: ItemRecord, now: number): ItemRecord {
  const deletion = record.externalId === null || record.deletion === 'external' ? 'both' : 'local'
  return {
    ...withoutError(record),
    deletion,
    conflictFields: [],
    conflictSince: null,
    conflictExternal: null,
    revision: record.revision + 1,
    updatedAt: now,
  }
}
