/**
 * Puts an item back to what IGNY8's side of it was at a moment, as an edit by a person would: the base and the site's
 * side stay, so the difference is sent with the etag that the post must still have, and a change that the site made
 * meanwhile becomes a conflict. Nothing is deleted permanently by it.
 */
import type { ItemDoc } from './doc.ts'
import { restoreRecord, TRASHED_SUFFIX, trashRecord } from './edit.ts'
import { copyFields, diffDocs } from './fields.ts'
import { isDeleted, hasTrashStatus, withoutError, type Deletion, type ItemRecord } from './record.ts'
import { keepLateness } from './schedule.ts'

/** IGNY8's side of an item at a moment. */
export interface Side {
  doc: ItemDoc
  deletion: Deletion | null
}

/** What putting an item back does to it. `revived`: it was deleted, or in the trash, and is there again. */
export const CHANGES = ['changed', 'revived', 'trashed'] as const
export type Change = (typeof CHANGES)[number]

export type PutBack = { kind: Change; record: ItemRecord } | { kind: 'skipped'; code: 'item_unreadable' } | null

const isGone = (record: ItemRecord) => isDeleted(record) || hasTrashStatus(record.local)
const wasGone = ({ doc, deletion }: Side) => deletion === 'both' || deletion === 'local' || hasTrashStatus(doc)

/** What was scheduled for a time that has passed is published by now. */
const asDue = (doc: ItemDoc, now: number): ItemDoc =>
  doc.status === 'future' && doc.date !== null && Date.parse(doc.date) <= now ? { ...doc, status: 'publish' } : doc

/** The text of then, without what can't be written to the post: a page builder's body, fields of an SEO plugin that is off. */
function writable({ builder, seoProvider, external, local }: ItemRecord, then: ItemDoc): ItemDoc {
  const fixed = diffDocs(local, then).filter(
    (path) => (path === 'body' && builder !== null) || (path.startsWith('seo.') && external !== null && !seoProvider),
  )
  return copyFields(then, local, fixed)
}

/** Moves it to the trash with its text of then; one that WordPress does not have is deleted, and keeps that text. */
function remove(record: ItemRecord, then: Side | null, now: number): PutBack {
  if (isGone(record)) return null
  const trashed = trashRecord(record, now)
  if (!then) return { kind: 'trashed', record: trashed }
  const doc = writable(record, then.doc)
  return { kind: 'trashed', record: { ...trashed, local: trashed.deletion ? doc : { ...doc, status: 'trash' } } }
}

/** Brings a deleted item back with its text of then. A post that is gone is created again. */
function revive(record: ItemRecord, then: ItemDoc, now: number): PutBack {
  const restored = restoreRecord(record, now) ?? record
  const local = { ...then, slug: then.slug.replace(TRASHED_SUFFIX, '') }
  return { kind: 'revived', record: { ...restored, local, publishedLateAt: null } }
}

/**
 * @param then IGNY8's side at the moment; null if the item was not there yet
 * @param now milliseconds since 1970
 * @returns null if nothing changes
 */
export function putBack(record: ItemRecord, then: Side | null, now: number): PutBack {
  const isUnread = record.external === null && record.externalId !== null && record.base === null
  if (isUnread) return { kind: 'skipped', code: 'item_unreadable' }
  if (then === null || wasGone(then)) return remove(record, then, now)
  const local = writable(record, asDue(then.doc, now))
  if (isDeleted(record)) return revive(record, local, now)
  if (diffDocs(record.local, local).length === 0) return null
  const after: ItemRecord = {
    ...withoutError(record),
    local,
    publishedLateAt: keepLateness(record, local),
    revision: record.revision + 1,
    updatedAt: now,
  }
  return { kind: isGone(record) ? 'revived' : 'changed', record: after }
}
