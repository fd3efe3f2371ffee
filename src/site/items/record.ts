/**
 * An item is one piece of content that exists in IGNY8, on the WordPress site, or on both. A record holds three
 * versions of it:
 *
 *   local      IGNY8's side: what editors change
 *   external   the site's side, as last read; null if there is no post
 *   base       the last content on which both sides agreed; while the answer to a create is missing, what was sent;
 *              else null
 *
 * A difference between `base` and a side is a change of that side; merge.ts merges the changes. The state of an item is
 * always derived from its record (see stateOf) and never stored as a decision of its own. The functions in this folder
 * are pure: they take a record and an event and return the new record. The replica stores it.
 */
import type { ItemState } from '../../contract/content.ts'
import type { Alteration, MissingPermission } from '../../contract/link.ts'
import type { ItemDoc } from './doc.ts'
import { pendingFields, type FieldPath } from './fields.ts'

/**
 * Who deleted the item. `local`: still to be sent. `external`: deleted on the site after IGNY8 changed it, a conflict.
 * `both`: a tombstone.
 */
export type Deletion = 'local' | 'external' | 'both'

/** Errors for which an item waits instead of being marked as failed. */
const PASSING: ReadonlySet<string> = new Set([
  'post_locked',
  'type_denied',
  'post_left_alone',
  'schedule_passed',
  'images_pending',
])

/**
 * Whether an item only waits: for the post to be closed in WordPress, the post or its type to be allowed, its scheduled
 * publication, or the rest of its images.
 */
export const isWaiting = (fault: Pick<ItemFault, 'code'> | null): boolean => fault !== null && PASSING.has(fault.code)

export interface ItemFault {
  code: string
  detail: string
  fix: string | null
  alteration?: Alteration | undefined
  permission?: MissingPermission | undefined
}

/** The last imported stale save: a save in WordPress that did not know IGNY8's version. */
export interface SeenStaleSave {
  id: string
  by: string
  /** Milliseconds since 1970. */
  at: number
  /** `conflictSince` of the conflict that it opened; null if it opened none. */
  opened: number | null
}

/** An item with its three versions. */
export interface ItemRecord {
  /** Row number; 0 before the item is stored. */
  n: number
  id: string
  type: string
  /** WordPress's post id. */
  externalId: number | null
  /** Etag of `external`; null if the site has a newer body that was not read yet. */
  etag: string | null
  /** Unix seconds of the site's clock. */
  externalModified: number | null
  externalUrl: string | null
  revision: number
  deletion: Deletion | null
  conflictFields: FieldPath[]
  /** Milliseconds since 1970. */
  conflictSince: number | null
  error: ItemFault | null
  /** Milliseconds since 1970. */
  errorSince: number | null
  /** Failed attempts in a row. */
  attempts: number
  /** Milliseconds since 1970. */
  retryAt: number | null
  /** Milliseconds since 1970. */
  updatedAt: number
  /** The page builder that renders the post: its body is read-only here. Null for most posts. */
  builder: string | null
  /**
   * When it was published late, in milliseconds since 1970: its scheduled time passed before it could be sent. See
   * schedule.ts.
   */
  publishedLateAt: number | null
  /** The SEO plugin that stores the post's SEO fields; null if the site has none, and before the post is on the site. */
  seoProvider: string | null
  /** Whether visitors need a password. */
  isProtected: boolean
  /** Whether wp-admin counts the post under "All"; it leaves out the trash. */
  isListed: boolean
  staleSave: SeenStaleSave | null
  /**
   * Since when we know that somebody at the site has IGNY8 leave the post alone, in milliseconds since 1970; null if
   * nobody does. The item stays as it was then, and nothing is sent.
   */
  leftAloneAt: number | null
  base: ItemDoc | null
  local: ItemDoc
  external: ItemDoc | null
  /** The site's side of a conflict if it differs from `external`. This is so after a resolution was undone. */
  conflictExternal: ItemDoc | null
}

/** Values of the record of an item that was never sent and has no post. */
export const NEVER_SENT = {
  externalId: null,
  etag: null,
  externalModified: null,
  externalUrl: null,
  deletion: null,
  conflictFields: [],
  conflictSince: null,
  builder: null,
  seoProvider: null,
  isProtected: false,
  isListed: true,
  publishedLateAt: null,
  staleSave: null,
  leftAloneAt: null,
  base: null,
  external: null,
  conflictExternal: null,
} satisfies Partial<ItemRecord>

/** The new record. `resolvedFrom` is the record before a policy resolved its conflict, kept for an undo. */
export interface Decision {
  record: ItemRecord
  resolvedFrom: ItemRecord | null
}

/**
 * Whether the item is deleted on both sides, or only here and without a conflict. In the second case the next run
 * deletes its post.
 */
export const isDeleted = ({ deletion, conflictFields }: Pick<ItemRecord, 'deletion' | 'conflictFields'>): boolean =>
  deletion === 'both' || (deletion === 'local' && conflictFields.length === 0)

/** Whether a create was sent and its answer is missing: the item's base is stored before it is sent. */
export const awaitsCreateAnswer = ({ externalId, base }: Pick<ItemRecord, 'externalId' | 'base'>): boolean =>
  externalId === null && base !== null

/** Whether an item was deleted before its post was known. The site is asked about the post: see push-plan.ts. */
export const isDeletedUnsent = ({ deletion, externalId }: Pick<ItemRecord, 'deletion' | 'externalId'>): boolean =>
  deletion === 'local' && externalId === null

export const hasTrashStatus = ({ status }: Pick<ItemDoc, 'status'>): boolean => status === 'trash'

/** Whether the item may be deleted permanently: it is in the trash on both sides, or, without a post, in IGNY8. */
export const isInTrashOnBothSides = ({ local, external, externalId, conflictFields }: ItemRecord): boolean =>
  hasTrashStatus(local) &&
  conflictFields.length === 0 &&
  (external === null ? externalId === null : hasTrashStatus(external))

/** Derives an item's state from its record. */
export function stateOf(record: ItemRecord): ItemState {
  if (record.deletion === 'both') return 'deleted'
  if (record.conflictFields.length > 0) return 'conflict'
  if (record.error && !isWaiting(record.error)) return 'failed'
  if (record.deletion === 'local' || record.external === null) return 'local_ahead'
  if (pendingFields(record.external, record.local).length > 0) return 'local_ahead'
  return record.etag === null ? 'external_ahead' : 'synced'
}

/** Clears the error and the retry delay. */
export const withoutError = (record: ItemRecord): ItemRecord => ({
  ...record,
  error: null,
  errorSince: null,
  attempts: 0,
  retryAt: null,
})
