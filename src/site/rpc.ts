import type { DoctorReport } from '../contract/doctor.ts'
import type { ErrorCode } from '../contract/errors.ts'
import type { Transport } from '../contract/polling.ts'
import type { EvidenceStep } from '../contract/evidence.ts'
import type { StatusData } from '../contract/link.ts'
import type { StructureStored } from '../contract/content-types.ts'
import type { Structure } from '../contract/structure.ts'
import type { Item, ItemCreate, ItemFilter, ItemSummary, ItemUpdate, Resolution } from '../contract/content.ts'
import type { RunDirection, Run } from '../contract/sync.ts'
import type { RunDetail } from '../contract/activity.ts'

/** Domain errors cross RPC as values: an exception would break the caller's stub and lose its class. */
export type RpcResult<T> = { ok: true; value: T } | { ok: false; code: ErrorCode; detail: string; fix?: string }

/** Carries a {@link Watcher} as JSON from the Worker to the object; what clients send never gets there. */
export const WATCHER_HEADER = 'x-igny8-watcher'

/** Who opens a live connection, as the Worker authorised them. */
export interface Watcher {
  accountId: string
  siteId: string
  integrationId: string
  /** Null for people. */
  keyId: string | null
  /** When access has to be checked anew; milliseconds since 1970. */
  until: number
}

/** What names an integration. */
export interface IntegrationRef {
  accountId: string
  siteId: string
  integrationId: string
}

/** Who calls, as the site's object knows them, and by which request. `keyId` is null for people and the system. */
export interface CallingKey {
  accountId: string
  siteId: string
  keyId: string | null
  /** Absent where a Worker of an earlier release calls, for as long as a deployment takes. */
  requestId?: string
  /** What the plugin calls its own request; for the log alone. */
  pluginRequestId?: string | undefined
}

/** Who asks, and for which integration. */
export interface RpcCall extends CallingKey {
  integrationId: string
  requestId: string
}

export interface ProbeRequest extends RpcCall {
  siteUrl: string
  /** Newest first; the probe is signed with each of them. */
  signingSecrets: string[]
  restRoot: string | null
  /** Whether calls of the site itself count as its answer, where it can't be called. */
  mayPoll: boolean
}

/** What a look at the site showed: the plugin's own `status` where it could be had, and each step on the way. */
export type ProbeOutcome = {
  evidence: EvidenceStep[]
  clockSkewS: number | null
} & (
  | { ok: true; transport: Transport; detail: string; commandsUrl: string | null; plugin: StatusData | null }
  | { ok: false; code: ErrorCode; detail: string; fix: string; plugin: null }
)

/** What a thorough look showed: as a probe has it, and as the doctor tells it. */
export interface Examination {
  probe: ProbeOutcome
  report: DoctorReport
}

export interface RunsState {
  currentRun: Run | null
  lastRun: Run | null
  lagS: number | null
  /** Since when commands wait for the site to call, in milliseconds since 1970. */
  waitingForSiteSince: number | null
}

/** A body whose bytes are settled, because its signature in the headers is over them. */
export interface SignedAnswer {
  body: string
  headers: Record<string, string>
}

/** A webhook as it came: the headers of its signature, and the raw body. */
export interface WebhookMessage {
  headers: Record<string, string>
  body: string
}

/** The site's Durable Object as services see it: one per site, everything done with a site passes through it. */
export interface SiteRpc {
  /** Calls the site as a test does; one call at a time per site. */
  probe(request: ProbeRequest): Promise<RpcResult<ProbeOutcome>>
  /** Looks at the site as {@link probe} does, and moves the state of its connection. Null when it is gone. */
  check(call: RpcCall): Promise<RpcResult<ProbeOutcome | null>>
  /** Has the site looked at, at this time (milliseconds since 1970) or before. */
  scheduleCheck(integrationRef: IntegrationRef, dueAt: number): Promise<void>
  /** Looks at the site as {@link probe} does, and says which layer is at fault. */
  examine(request: ProbeRequest): Promise<RpcResult<Examination>>
  /** Stores a structure that the plugin pushed. */
  storeStructure(call: RpcCall, structure: Structure): Promise<RpcResult<StructureStored>>
  /** Queues a run, or answers with the one that is under way. */
  enqueue(call: RpcCall, direction: RunDirection): Promise<RpcResult<Run>>
  /** As {@link enqueue} to the site, for a change that was just made: a run under way goes round once more. */
  enqueueChange(call: RpcCall): Promise<RpcResult<Run>>
  /** @param integrationId absent for the runs of the whole site */
  runs(integrationId?: string): Promise<RunsState>
  /** Finished and unfinished runs, newest first. */
  listRuns(integrationId: string, limit: number, before: string | null): Promise<Run[]>
  getRun(integrationId: string, runId: string): Promise<RpcResult<RunDetail>>
  cancelRun(call: RpcCall, runId: string): Promise<RpcResult<Run>>
  /** Takes in a webhook: durably stored when this returns. */
  receiveWebhook(key: CallingKey, message: WebhookMessage): Promise<RpcResult<{ isRepeat: boolean }>>
  /** Takes in a call of the site with its results, and answers with what it is to do next. */
  poll(key: CallingKey, integrationId: string, message: WebhookMessage): Promise<RpcResult<SignedAnswer>>
  /** The site can't be called, and has proven that it calls. */
  enablePolling(call: RpcCall): Promise<RpcResult<null>>
  /** The site has another address than these: its links follow, and it is compared soon. */
  relocate(call: RpcCall, from: string[], to: string): Promise<RpcResult<null>>
  listItems(
    siteId: string,
    filter: ItemFilter,
    before: number | null,
    limit: number,
  ): Promise<{ results: ItemSummary[]; next: number | null }>
  getItem(siteId: string, id: string): Promise<RpcResult<Item>>
  createItem(key: CallingKey, input: ItemCreate): Promise<RpcResult<Item>>
  updateItem(key: CallingKey, id: string, input: ItemUpdate): Promise<RpcResult<Item>>
  deleteItem(key: CallingKey, id: string): Promise<RpcResult<Item>>
  resolveItem(key: CallingKey, id: string, resolution: Resolution): Promise<RpcResult<Item>>
  undoItem(key: CallingKey, id: string): Promise<RpcResult<Item>>
  retryItem(key: CallingKey, id: string): Promise<RpcResult<Item>>
  /** Brings one item (by its id, or by its post id) up to date on both sides, now. */
  syncItem(call: RpcCall, contentId: string): Promise<RpcResult<Item>>
  /** Whether a key may still act at this site, for writes that don't pass through the object themselves. */
  authorizeKey(key: CallingKey): Promise<RpcResult<null>>
  /** From the next call on the key can do nothing here. */
  revokeKey(keyId: string): Promise<void>
  /** Has watchers told that an integration's row changed, by somebody else than the object. */
  publish(): Promise<void>
  /** Opens the WebSocket of a watcher, whom a header names: see {@link WATCHER_HEADER}. */
  fetch(request: Request): Promise<Response>
  /** Ends the work for an integration that was deleted or switched off, and has every key looked up anew. */
  stop(integrationId: string): Promise<void>
  /** Drops everything: the site was deleted. */
  forget(): Promise<void>
}
