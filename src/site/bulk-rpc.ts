/** What the Worker asks of a site's object for lists of items and changes of many of them. Part of rpc.ts. */
import type { BulkAction, BulkItem, BulkJob, BulkOutcome, BulkPlan, BulkSelection } from '../contract/bulk.ts'
import type { ItemMatch } from '../contract/item-list.ts'
import type { Found, FindOrder } from './replica/find.ts'
import type { Position } from './replica/tables/item-search.ts'
import type { SiteCall } from './keeping-rpc.ts'
import type { CallingKey, RpcResult } from './rpc.ts'

export type { Found, FindOrder, Position }

/** A job as the object knows it: who made it has no name there. */
export type StoredBulk = Omit<BulkJob, 'actor'> & { actor: string | null }

export interface BulkStart {
  id: string
  /** Who asked for it: `user:usr_…`. */
  actor: string
  selection: BulkSelection
  action: BulkAction
}

export interface BulkRpc {
  /** A page of items, filtered, sorted and searched. @param after where the page before ended */
  findItems(siteId: string, match: ItemMatch, sort: FindOrder, after: Position | null, limit: number): Promise<Found>
  /** What a bulk job would do. */
  planBulk(
    key: CallingKey,
    request: Pick<BulkStart, 'selection' | 'action'>,
  ): Promise<RpcResult<Omit<BulkPlan, 'is_sent'>>>
  /** Starts a bulk job, in the background. Repeating it returns the one that was started. */
  startBulk(key: SiteCall, start: BulkStart): Promise<RpcResult<StoredBulk>>
  /** Starts to take a job back. @param id of the new job */
  undoBulk(key: SiteCall, id: string, actor: string, undone: string): Promise<RpcResult<StoredBulk>>
  /** Starts to repeat a job for what failed. @param id of the new job */
  retryBulk(key: SiteCall, id: string, actor: string, failed: string): Promise<RpcResult<StoredBulk>>
  getBulk(siteId: string, id: string): Promise<RpcResult<StoredBulk>>
  /** Jobs, newest first. @param before id of the last one of the page before */
  listBulk(
    siteId: string,
    before: string | null,
    limit: number,
  ): Promise<RpcResult<{ results: StoredBulk[]; next: string | null }>>
  /** Items of a job. @param after how many were passed before */
  listBulkItems(
    siteId: string,
    id: string,
    page: { outcome: BulkOutcome | undefined; after: number; limit: number },
  ): Promise<RpcResult<{ results: BulkItem[]; next: number | null }>>
}
