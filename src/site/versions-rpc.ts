/** What the Worker asks of a site's object for the history of its items. Part of rpc.ts. */
import type { Item } from '../contract/content.ts'
import type { PastVersion, VersionEntry, VersionRestore } from '../contract/versions.ts'
import type { CallingKey, RpcResult } from './rpc.ts'

/** A version as the object knows it: who made it has no name there. */
export type StoredEntry = Omit<VersionEntry, 'actor'> & { by: string | null }
export type StoredPastVersion = StoredEntry & Pick<PastVersion, 'content'>

/** Where a page of versions begins, and how many were shown before it. */
export interface VersionPlace {
  from: number
  shown: number
}

export interface VersionsRpc {
  /** A page of an item's versions, newest first. @param place null for the first page */
  listVersions(
    siteId: string,
    id: string,
    place: VersionPlace | null,
    limit: number,
  ): Promise<RpcResult<{ results: StoredEntry[]; next: VersionPlace | null }>>
  /** One version, whole. Refused with `item_not_found` or `version_not_kept`. */
  getVersion(siteId: string, id: string, versionId: string): Promise<RpcResult<StoredPastVersion>>
  /** Makes a version the item's IGNY8 side again, as an edit. Refused with `conflict` at another revision. */
  restoreVersion(key: CallingKey, id: string, versionId: string, restore: VersionRestore): Promise<RpcResult<Item>>
}
