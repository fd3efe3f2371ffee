import { Seo } from '../../contract/seo.ts'
import { ERRORS, isErrorCode } from '../../contract/errors.ts'
import type { Item, ItemSummary, ItemVersion } from '../../contract/content.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import type { ItemDoc } from './doc.ts'
import { externalImages } from './external-images.ts'
import { stateOf, type ItemRecord } from './record.ts'
import { overdueSince } from './schedule.ts'

/**
 * What presentation reads from the replica: the item with a parent's post id, and whether a resolution can be undone.
 */
export interface ReplicaView {
  items: { getByExternalId: (postId: number) => Pick<ItemRecord, 'id'> | null }
  resolutions: { canUndo: (n: number) => boolean }
}

/** The item id of a parent. A post id is looked up; null if no item has it yet. */
function parentId({ items }: ReplicaView, parent: ItemDoc['parent']): string | null {
  return typeof parent === 'number' ? (items.getByExternalId(parent)?.id ?? null) : parent
}

/** A version of an item as the API returns it. */
export function presentVersion(replica: ReplicaView, doc: ItemDoc, seoProvider: string | null): ItemVersion {
  const { title, body, excerpt, slug, status, date, author = null, terms, meta, featured, seo } = doc
  const featuredImage = featured && { url: featured.url, alt: featured.alt }
  return {
    title,
    body,
    excerpt,
    slug,
    status,
    date,
    parent_id: parentId(replica, doc.parent),
    author,
    terms,
    meta,
    featured_image: featuredImage,
    seo: seo === undefined && seoProvider === null ? null : Seo.parse({ provider: seoProvider, ...seo }),
  }
}

/** The site's side; null if the site has no post. */
function presentExternal(
  replica: ReplicaView,
  { deletion, external, conflictExternal, seoProvider }: ItemRecord,
): ItemVersion | null {
  const doc = deletion === 'external' || deletion === 'both' ? null : (conflictExternal ?? external)
  return doc && presentVersion(replica, doc, seoProvider)
}

function presentConflict(replica: ReplicaView, record: ItemRecord): Item['conflict'] {
  if (record.conflictFields.length === 0 || record.deletion === 'both') return null
  return {
    fields: record.conflictFields,
    since: toTimestamp(record.conflictSince ?? record.updatedAt),
    wordpress: presentExternal(replica, record),
    base: record.base && presentVersion(replica, record.base, record.seoProvider),
    stale_save: presentStaleSave(record),
  }
}

/** The save that opened the conflict, if it did not know IGNY8's version. */
function presentStaleSave({ staleSave, conflictSince }: ItemRecord): NonNullable<Item['conflict']>['stale_save'] {
  if (staleSave === null || staleSave.opened === null || staleSave.opened !== conflictSince) return null
  return { by: staleSave.by, at: toTimestamp(staleSave.at) }
}

/** That the site has us leave the post alone, in the place of an error: it says why nothing happens. */
const leftAlone = (since: number): Item['error'] => {
  const { title, fix } = ERRORS.post_left_alone
  return { code: 'post_left_alone', detail: `${title}.`, fix, since: toTimestamp(since) }
}

function presentError({ error, errorSince, updatedAt, leftAloneAt }: ItemRecord): Item['error'] {
  if (leftAloneAt !== null) return leftAlone(leftAloneAt)
  if (!error) return null
  const fix = error.fix ?? (isErrorCode(error.code) ? ERRORS[error.code].fix : null)
  return {
    code: error.code,
    detail: error.detail,
    fix,
    since: toTimestamp(errorSince ?? updatedAt),
    ...(error.alteration && { alteration: error.alteration }),
    ...(error.permission && { permission: error.permission }),
  }
}

/** An item as the API returns it. @param now milliseconds since 1970 */
export function presentItem(replica: ReplicaView, siteId: string, record: ItemRecord, now: number): Item {
  return {
    ...presentVersion(replica, record.local, record.seoProvider),
    id: record.id,
    site_id: siteId,
    type: record.type,
    state: stateOf(record),
    deleted: record.deletion === 'local' || record.deletion === 'both',
    external_id: record.externalId === null ? null : String(record.externalId),
    external_url: record.externalUrl,
    revision: record.revision,
    builder: record.builder,
    protected: record.isProtected,
    overdue_since: overdueSince(record, now),
    published_late_at: record.publishedLateAt === null ? null : toTimestamp(record.publishedLateAt),
    left_alone: record.leftAloneAt !== null,
    stale_save: record.staleSave?.id ?? null,
    wordpress: presentExternal(replica, record),
    base: record.base && presentVersion(replica, record.base, record.seoProvider),
    conflict: presentConflict(replica, record),
    error: presentError(record),
    external_images: externalImages(record.external?.body ?? '', record.externalUrl),
    can_undo: replica.resolutions.canUndo(record.n),
    updated_at: toTimestamp(record.updatedAt),
  }
}

/** An item as a list returns it. */
export function summarizeItem(replica: ReplicaView, siteId: string, record: ItemRecord, now: number): ItemSummary {
  const {
    body: _body,
    meta: _meta,
    excerpt: _excerpt,
    seo: _seo,
    conflict: _conflict,
    wordpress: _wordpress,
    base: _base,
    external_images: _images,
    ...summary
  } = presentItem(replica, siteId, record, now)
  return { ...summary, conflict_fields: record.conflictFields }
}
