/**
 * What the Worker may ask of a site's Durable Object. Services import nothing else of src/site. Keep every change
 * compatible with the release before: during a deployment, new Workers call old objects for up to five minutes.
 */
import type { DoctorReport } from '../contract/doctor.ts'
import type { ErrorCode } from '../contract/errors.ts'
import type { Transport } from '../contract/polling.ts'
import type { EvidenceStep } from '../contract/evidence.ts'
import type { StatusData } from '../contract/link.ts'
import type { StructureStored } from '../contract/content-types.ts'
import type { Structure } from '../contract/structure.ts'
import type { Item, ItemCreate, ItemFilter, ItemSummary, ItemUpdate, Resolution } from '../contract/content.ts'
import type { RunDirection, Run } from '../contract/sync.ts'
import type { Term, TermQuery } from '../contract/terms.ts'
import type { RunDetail } from '../contract/activity.ts'
import type { BulkRpc } from './bulk-rpc.ts'
import type { KeepingRpc } from './keeping-rpc.ts'
import type { VersionsRpc } from './versions-rpc.ts'

export type * from './bulk-rpc.ts'
export type * from './keeping-rpc.ts'
export type * from './versions-rpc.ts'

/** Domain errors cross RPC as values: an exception would break the caller's stub and lose its class. */
export type RpcResult<T> =
  | { ok: true; value: T }
  | {
      ok: false
      code: ErrorCode
      detail: string
      fix?: string
      /** The field of the request that is refused, as in `body.date`. */
      path?: string
    }

/**
 * The message of the exception that an object throws whose site was deleted, from calls without an `RpcResult`: RPC keeps
 * an exception's message alone. Whoever calls it had read the site just before.
 */
export const SITE_DELETED = 'the site was deleted'

/** Likewise, of an object into which a backup is being loaded. */
export const SITE_LOADING = 'a backup is being loaded'

/** A domain error as the value that crosses RPC. */
export const refusal = (code: ErrorCode, detail: string): RpcResult<never> & { ok: false } => ({
  ok: false,
  code,
  detail,
})

/**
 * Carries a {@link Subscriber} as JSON from the Worker to the object. The Worker makes this request itself: no client
 * header reaches it.
 */
export const SUBSCRIBER_HEADER = 'x-igny8-subscriber'

/** Who opens a live connection, as authorised by the Worker. */
export interface Subscriber {
  accountId: string
  siteId: string
  integrationId: string
  /** Null for a person's session. */
  keyId: string | null
  /** When access must be authorised again, in milliseconds since 1970. */
  until: number
}

/** Into the trash, back out of it (or of a deletion), or deleted for good. */
export type TrashChange = 'trash' | 'restore' | 'delete'

/** Identifies an integration, with the tenant it belongs to. */
export interface IntegrationRef {
  accountId: string
  siteId: string
  integrationId: string
}

/** The caller of an RPC method. The object refuses a revoked key itself; people and the system have `keyId` null. */
export interface CallingKey {
  accountId: string
  siteId: string
  keyId: string | null
  /** Id of the HTTP request. Absent if a Worker of an earlier release calls, during a deployment. */
  requestId?: string
  /** The request id that the plugin states; for the log only. */
  pluginRequestId?: string | undefined
  /** Who calls, as the audit log names them: `user:usr_…`. Absent for the object itself and earlier releases. */
  actor?: string | null | undefined
}

/** The caller of a method that concerns one integration. */
export interface RpcCall extends CallingKey {
  integrationId: string
  requestId: string
}

export interface ProbeRequest extends RpcCall {
  siteUrl: string
  /** Newest first; the probe is signed with all of them. */
  signingSecrets: string[]
  /** REST root that worked last; null if unknown. */
  restRoot: string | null
  /** Whether a recent poll counts as an answer if the site can't be called. */
  mayPoll: boolean
}

/** The result of a probe: the plugin's `status` if it answered, and the steps taken. */
export type ProbeOutcome = {
  evidence: EvidenceStep[]
  clockSkewS: number | null
} & (
  | { ok: true; transport: Transport; detail: string; commandsUrl: string | null; plugin: StatusData | null }
  | { ok: false; code: ErrorCode; detail: string; fix: string; plugin: null }
)

/** The result of {@link SiteRpc.examine}: the probe, and the doctor's report. */
export interface Examination {
  probe: ProbeOutcome
  report: DoctorReport
}

export interface RunsState {
  currentRun: Run | null
  lastRun: Run | null
  /** Seconds since the current run was queued; null if there is none. */
  lagS: number | null
  /** Since when commands wait for the site's next poll, in milliseconds since 1970; null if none do. */
  waitingForSiteSince: number | null
}

/** A response whose headers sign exactly these bytes of its body. */
export interface SignedAnswer {
  body: string
  headers: Record<string, string>
}

/** What became due as an object was woken. */
export interface WokenUp {
  webhooks: number
  runs: number
}

/** A signed message from the site: its signature headers and its raw body. */
export interface WebhookMessage {
  headers: Record<string, string>
  body: string
}

/**
 * RPC methods of a site's Durable Object. There is one object per site, and everything done with the site passes
 * through it.
 */
export interface SiteRpc extends KeepingRpc, BulkRpc, VersionsRpc {
  /**
   * Finds the site's command endpoint and asks the plugin for its status. Changes the transport if that is due, not the
   * connection's state.
   */
  probe(request: ProbeRequest): Promise<RpcResult<ProbeOutcome>>
  /** Runs a health check now: probes the site and updates the connection's state. Null if the integration is gone. */
  check(call: RpcCall): Promise<RpcResult<ProbeOutcome | null>>
  /** Schedules a health check for this time (milliseconds since 1970), unless one is due earlier. */
  scheduleCheck(integrationRef: IntegrationRef, dueAt: number): Promise<void>
  /**
   * Makes the health check due now, for an operator, and sets the alarm anew, which an object may have lost.
   * @param retries also what failed and waits for its next attempt: webhooks and runs
   */
  wakeUp(call: RpcCall, retries: boolean): Promise<RpcResult<WokenUp>>
  /** Runs the doctor: examines the site and reports which layer is at fault. Changes nothing. */
  examine(request: ProbeRequest): Promise<RpcResult<Examination>>
  /** Stores a structure that the plugin pushed. */
  storeStructure(call: RpcCall, structure: Structure): Promise<RpcResult<StructureStored>>
  /** Queues a run, or returns the unfinished one of the same direction. */
  enqueue(call: RpcCall, direction: RunDirection): Promise<RpcResult<Run>>
  /**
   * Queues a run to the site after a change. If one is running, it repeats once at its end, so that it includes the
   * change.
   */
  enqueueChange(call: RpcCall): Promise<RpcResult<Run>>
  /** The current and the last run. @param integrationId absent for the runs of all integrations of the site */
  runs(integrationId?: string): Promise<RunsState>
  /** Finished and unfinished runs, newest first. @param before id of the last run of the previous page */
  listRuns(integrationId: string, limit: number, before: string | null): Promise<Run[]>
  getRun(integrationId: string, runId: string): Promise<RpcResult<RunDetail>>
  cancelRun(call: RpcCall, runId: string): Promise<RpcResult<Run>>
  /** Verifies a webhook and stores it in the inbox; it is durable when this returns. */
  receiveWebhook(key: CallingKey, message: WebhookMessage): Promise<RpcResult<{ isRepeat: boolean }>>
  /** Handles a poll of the site: stores the results it brings and answers with its next commands, signed. */
  poll(key: CallingKey, integrationId: string, message: WebhookMessage): Promise<RpcResult<SignedAnswer>>
  /** Sets the transport to polling: the site can't be called, and has verified that it polls. */
  enablePolling(call: RpcCall): Promise<RpcResult<null>>
  /**
   * Changes the URLs of items and images after the site moved, and schedules a drift check.
   * @param from former addresses
   */
  relocate(call: RpcCall, from: string[], to: string): Promise<RpcResult<null>>
  listItems(
    siteId: string,
    filter: ItemFilter,
    before: number | null,
    limit: number,
  ): Promise<{ results: ItemSummary[]; next: number | null }>
  getItem(siteId: string, id: string): Promise<RpcResult<Item>>
  /** Terms of a taxonomy as the last sync read them, those that begin with the text first. */
  listTerms(query: TermQuery): Promise<Term[]>
  /** @param id of the item, if the request may come again: then it is made once */
  createItem(key: CallingKey, input: ItemCreate, id?: string): Promise<RpcResult<Item>>
  updateItem(key: CallingKey, id: string, input: ItemUpdate): Promise<RpcResult<Item>>
  /** Moves an item to the trash, restores it, or deletes for good what is in the trash. */
  moveItem(key: CallingKey, id: string, change: TrashChange): Promise<RpcResult<Item>>
  resolveItem(key: CallingKey, id: string, resolution: Resolution): Promise<RpcResult<Item>>
  undoItem(key: CallingKey, id: string): Promise<RpcResult<Item>>
  retryItem(key: CallingKey, id: string): Promise<RpcResult<Item>>
  /** Synchronises one item in both directions now. @param contentId item id or post id */
  syncItem(call: RpcCall, contentId: string): Promise<RpcResult<Item>>
  /** Checks that a key may still act at this site. For writes that the Worker makes itself. */
  authorizeKey(key: CallingKey): Promise<RpcResult<null>>
  /** Revokes a key at this object: it is refused from the next call on, and its live connections are closed. */
  revokeKey(keyId: string): Promise<void>
  /** Makes the next call of each key ask D1 again, because a key got an earlier end or the site was switched off. */
  recheckKeys(): Promise<void>
  /** Publishes the integration to its live connections, after somebody else than the object changed its row in D1. */
  publish(): Promise<void>
  /** Opens a live WebSocket. The Worker has authorised the request: see {@link SUBSCRIBER_HEADER}. */
  fetch(request: Request): Promise<Response>
  /** Cancels all runs of an integration that was deleted or disabled, and drops cached keys and credentials. */
  stop(integrationId: string): Promise<void>
  /** Deletes the object's data and closes its live connections, after the site was deleted. */
  forget(): Promise<void>
}
