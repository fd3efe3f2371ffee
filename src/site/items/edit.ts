import type { SeoUpdate } from '../../contract/seo.ts'
import { EMPTY_DOC, type ItemDoc } from './doc.ts'
import { diffDocs } from './fields.ts'
import { resolveConflict } from './conflict.ts'
import { awaitsCreateAnswer, hasTrashStatus, isDeleted, NEVER_SENT, withoutError, type ItemRecord } from './record.ts'
import { keepLateness } from './schedule.ts'

/** An editor's changes. Terms replace those of their taxonomy; a meta value of null deletes the key. */
export type DocPatch = Partial<Omit<ItemDoc, 'terms' | 'meta' | 'seo'>> & {
  terms?: Record<string, string[]>
  meta?: Record<string, unknown>
  seo?: SeoUpdate | undefined
}

const withoutNulls = (meta: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(meta).filter(([, value]) => value !== null))

/** Applies an editor's changes to a document. */
export function patchDoc(doc: ItemDoc, { terms, meta, seo, ...plain }: DocPatch): ItemDoc {
  return {
    ...doc,
    ...plain,
    terms: { ...doc.terms, ...terms },
    meta: withoutNulls({ ...doc.meta, ...meta }),
    ...(seo && { seo: { ...doc.seo, ...seo } }),
  }
}

/** A new item that is not on the site yet. */
export function createRecord(id: string, type: string, patch: DocPatch, now: number): ItemRecord {
  return {
    n: 0,
    id,
    type,
    ...NEVER_SENT,
    revision: 1,
    error: null,
    errorSince: null,
    attempts: 0,
    retryAt: null,
    updatedAt: now,
    local: patchDoc(EMPTY_DOC, patch),
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
    publishedLateAt: keepLateness(record, local),
    revision: record.revision + 1,
    updatedAt: now,
  }
}

/**
 * Moves an item to the trash on both sides. An item without a post, or whose post was deleted, is deleted, as
 * deleteRecord says. An open conflict is resolved with IGNY8's side, or with the site's if the item is deleted here.
 * The caller stores the previous record, so that an undo restores the conflict.
 */
export function trashRecord(record: ItemRecord, now: number): ItemRecord {
  if (record.externalId === null || record.deletion === 'external') return deleteRecord(record, now)
  const isDeletedHere = record.deletion === 'local'
  const resolved =
    record.conflictFields.length > 0
      ? resolveConflict(record, isDeletedHere ? { deleted: 'wordpress' } : {}, { now })
      : record
  return editRecord(resolved, { status: 'trash' }, now)
}

/** WordPress adds this to the slug of a post in the trash. */
export const TRASHED_SUFFIX = /__trashed$/

/**
 * Brings an item back as a draft: from the trash, from a deletion that was not sent yet, or from a tombstone, whose post
 * is then created again. Null if there is nothing to restore.
 */
export function restoreRecord(record: ItemRecord, now: number): ItemRecord | null {
  if (!isDeleted(record)) return hasTrashStatus(record.local) ? editRecord(record, { status: 'draft' }, now) : null
  const restored: ItemRecord = {
    ...withoutError(record),
    deletion: null,
    local: { ...record.local, status: 'draft' },
    revision: record.revision + 1,
    updatedAt: now,
  }
  if (record.deletion === 'local') return restored
  return {
    ...restored,
    externalId: null,
    etag: null,
    externalModified: null,
    externalUrl: null,
    external: null,
    // the answer to a create may still come; it is compared with what was sent
    base: record.externalId === null ? record.base : null,
    conflictExternal: null,
    builder: null,
    isProtected: false,
    isListed: true,
    leftAloneAt: null,
    local: { ...restored.local, slug: record.local.slug.replace(TRASHED_SUFFIX, '') },
  }
}

/**
 * Deletes the IGNY8 side permanently. An item that was never sent is deleted at once. If the answer to its create is
 * missing, the next run asks the site, so that a post which was created after all goes to the trash.
 */
export function deleteRecord(record: ItemRecord, now: number): ItemRecord {
  const hasNoPost = record.externalId === null && !awaitsCreateAnswer(record)
  const deletion = hasNoPost || record.deletion === 'external' || record.deletion === 'both' ? 'both' : 'local'
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
