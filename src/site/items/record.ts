import type { ItemState } from '../../contract/content.ts'
import type { ItemDoc } from './doc.ts'
import { diffDocs, type FieldPath } from './fields.ts'

/** What was deleted, and by whom: `local` waits to be sent, `external` is only held in a conflict, `both` is a tombstone. */
export type Deletion = 'local' | 'external' | 'both'

export interface ItemFault {
  code: string
  detail: string
  fix: string | null
}

/**
 * An item with its three sides. `base` is the last state on which both agreed, null for an item that was never sent;
 * `external` is the site's side, null where there is none.
 */
export interface ItemRecord {
  /** Row in the store, 0 before it is stored. */
  n: number
  id: string
  type: string
  /** WordPress' post id. */
  externalId: number | null
  /** Of `external`; null where the site is known to have another body than the one that is held. */
  etag: string | null
  /** Unix seconds of the site's clock. */
  externalModified: number | null
  externalUrl: string | null
  revision: number
  deletion: Deletion | null
  conflictFields: FieldPath[]
  /** Milliseconds since 1970, here and below. */
  conflictSince: number | null
  error: ItemFault | null
  errorSince: number | null
  attempts: number
  retryAt: number | null
  updatedAt: number
  base: ItemDoc | null
  local: ItemDoc
  external: ItemDoc | null
  /** The site's side in a conflict, where that is another one than `external`: a resolution that was undone. */
  theirs: ItemDoc | null
}

/** What a decision made of an item; `resolvedFrom` is the item before its conflict was settled by policy, for an undo. */
export interface Decision {
  record: ItemRecord
  resolvedFrom: ItemRecord | null
}

/** The state follows from what the record holds; it is never set by itself. */
export function stateOf(record: ItemRecord): ItemState {
  if (record.deletion === 'both') return 'deleted'
  if (record.conflictFields.length > 0) return 'conflict'
  if (record.error) return 'failed'
  if (record.deletion === 'local' || record.external === null) return 'local_ahead'
  if (diffDocs(record.local, record.external).length > 0) return 'local_ahead'
  return record.etag === null ? 'external_ahead' : 'synced'
}

/** The record without an error, to be tried at once. */
export const withoutError = (record: ItemRecord): ItemRecord => ({
  ...record,
  error: null,
  errorSince: null,
  attempts: 0,
  retryAt: null,
})
