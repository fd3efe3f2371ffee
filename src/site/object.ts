/**
 * The Durable Object of a site. It owns the site's replica and its queue, and only it talks to the site. This class is
 * thin: a method that acts for a caller checks the caller's key, then delegates to a module of this folder.
 *
 * What it guarantees, and how:
 * - Input gates don't serialise work across an await of fetch, KV or D1: other events run meanwhile. So a mutex lets
 *   only one piece of work (a slice, a probe, the doctor) use the site at a time, and everything that continues after
 *   an await checks its lease again (runs/).
 * - Storage is synchronous SQLite. Related rows commit in one transaction (replica/store.ts).
 * - One alarm drives all work that is due: runs, the inbox, retries, drift checks, health checks. It is set again at
 *   the end of each firing, and by each new instance: the platform retries an alarm six times, then drops it.
 * - A new instance frees the leases of the old one, so an interrupted run continues at once from its last commit.
 * - A revoked key is refused here from the next call on, even while caches at the edge still accept it
 *   (replica/key-gate.ts).
 * - Domain errors are returned as values (RpcResult).
 */
import type { Item, ItemCreate, ItemFilter, ItemUpdate, Resolution } from '../contract/content.ts'
import type { StructureStored } from '../contract/content-types.ts'
import type { Structure } from '../contract/structure.ts'
import type { RunDetail } from '../contract/activity.ts'
import type { RunDirection, Run } from '../contract/sync.ts'
import type { Term, TermQuery } from '../contract/terms.ts'
import type { VersionRestore } from '../contract/versions.ts'
import { createId } from '../lib/ids.ts'
import { log } from '../lib/log.ts'
import * as items from './replica/content.ts'
import * as versions from './replica/item-versions.ts'
import { callAgainSoon, directRetryMs, enablePolling } from './transport/choice.ts'
import { examineSite } from './health/doctor/examine.ts'
import { applyPollingToReport } from './health/doctor/polling.ts'
import { receivePoll } from './runs/receive-poll.ts'
import { BulkObject } from './bulk-object.ts'
import { checkSite } from './health/check.ts'
import {
  type CallingKey,
  type Examination,
  type RpcCall,
  type RpcResult,
  type IntegrationRef,
  type ProbeOutcome,
  type ProbeRequest,
  refusal,
  type RunsState,
  type SignedAnswer,
  type SiteRpc,
  type TrashChange,
  type VersionPlace,
  type WebhookMessage,
  type WokenUp,
} from './rpc.ts'
import { probeTwice, applyProbeResult } from './health/probe.ts'
import { writeStructure } from '../db/projection.ts'
import { writeCounts } from './runs/counts.ts'
import { applyTypeLimits } from './runs/type-limits.ts'
import { relocate } from './replica/relocate.ts'
import { syncItem } from './runs/sync-item.ts'
import { receiveWebhook } from './runs/receive-webhook.ts'

/** Implements {@link SiteRpc}, which documents the methods. */
export class SiteSync extends BulkObject implements SiteRpc {
  probe(request: ProbeRequest): Promise<RpcResult<ProbeOutcome>> {
    return this.authorized(request, async () => {
      const ctx = this.context(null)
      const outcome = await this.siteAccess.run(() => probeTwice(ctx, request))
      const result = applyProbeResult(ctx.store, outcome, request.mayPoll, Date.now())
      // after a change of the transport, waiting work may continue at once
      await this.timer.arm()
      return { ok: true, value: result }
    })
  }

  check(call: RpcCall): Promise<RpcResult<ProbeOutcome | null>> {
    return this.authorized(call, async () => {
      const ctx = this.context(call.accountId)
      ctx.store.access.setIntegration(call)
      const outcome = await this.siteAccess.run(() => checkSite(ctx, call, true))
      await this.timer.arm()
      return { ok: true, value: outcome }
    })
  }

  async scheduleCheck(integration: IntegrationRef, dueAt: number): Promise<void> {
    this.store.access.setIntegration(integration)
    this.store.schedule.ensure('health', dueAt)
    await this.timer.arm()
  }

  wakeUp(call: RpcCall, retries: boolean): Promise<RpcResult<WokenUp>> {
    return this.authorized(call, async () => {
      const now = Date.now()
      this.store.access.setIntegration(call)
      this.store.schedule.ensure('health', now)
      const webhooks = retries ? this.store.replica.inbox.makeDue(now) : 0
      const runs = retries ? this.store.runs.makeDue(now) : 0
      await this.timer.arm()
      return { ok: true, value: { webhooks, runs } }
    })
  }

  examine(request: ProbeRequest): Promise<RpcResult<Examination>> {
    return this.authorized(request, async () => {
      const ctx = this.context(null)
      const found = await this.siteAccess.run(() => examineSite(ctx, request))
      return { ok: true, value: request.mayPoll ? applyPollingToReport(ctx.store, found, Date.now()) : found }
    })
  }

  storeStructure(call: RpcCall, structure: Structure): Promise<RpcResult<StructureStored>> {
    return this.authorized(call, async () => {
      const ctx = this.context(call.accountId)
      const stored = await writeStructure(ctx, call, structure, { action: 'update_structure', startedAt: ctx.now() })
      if (!stored) return refusal('integration_not_found', 'Integration not found')
      if (applyTypeLimits(ctx, call, structure)) await this.timer.arm()
      return { ok: true, value: stored }
    })
  }

  enqueue(call: RpcCall, direction: RunDirection): Promise<RpcResult<Run>> {
    return this.authorized(call, async () => {
      this.store.access.setIntegration(call)
      this.store.transport.wake(Date.now())
      const id = createId('run')
      const run = this.store.runs.enqueue(id, call, direction, Date.now())
      // an unfinished run of this direction is returned instead; it keeps its own request id
      if (run.id === id) log.info('run queued', { run_id: id, direction })
      else log.info('run joined', { run_id: run.id, direction })
      callAgainSoon(this.store, Date.now())
      await this.timer.arm()
      return { ok: true, value: run }
    })
  }

  async enqueueChange(call: RpcCall): Promise<RpcResult<Run>> {
    const queued = await this.enqueue(call, 'to_external')
    if (queued.ok) this.store.runs.repeat(queued.value.id)
    return queued
  }

  async listRuns(integrationId: string, limit: number, before: string | null): Promise<Run[]> {
    return this.store.runs.list(integrationId, limit, before)
  }

  async getRun(integrationId: string, runId: string): Promise<RpcResult<RunDetail>> {
    return this.store.describeRun(integrationId, runId)
  }

  cancelRun(call: RpcCall, runId: string): Promise<RpcResult<Run>> {
    return this.authorized(call, async () => {
      const run = this.store.runs.cancel(call.integrationId, runId, Date.now())
      return run ? { ok: true, value: run } : refusal('run_not_found', 'Run not found')
    })
  }

  receiveWebhook(key: CallingKey, message: WebhookMessage): Promise<RpcResult<{ isRepeat: boolean }>> {
    return this.authorized(key, async () => {
      const received = await receiveWebhook(this.context(key.accountId), key, message)
      if (received.ok && !received.value.isRepeat) await this.timer.armForWebhook()
      return received
    })
  }

  poll(key: CallingKey, integrationId: string, message: WebhookMessage): Promise<RpcResult<SignedAnswer>> {
    const receive = async () => {
      const site = { ...key, integrationId }
      const ctx = this.context(key.accountId)
      const answer = await receivePoll(ctx, site, message, (work) => this.siteAccess.tryRun(work))
      ctx.store.runs.publishUnfinished()
      await this.timer.arm()
      return answer
    }
    return this.authorized(key, receive, { isPoll: true })
  }

  enablePolling(call: RpcCall): Promise<RpcResult<null>> {
    return this.authorized(call, async () => {
      this.store.access.setIntegration(call)
      this.store.access.invalidate()
      enablePolling(this.store, Date.now())
      this.store.schedule.ensure('health', Date.now() + directRetryMs(this.store))
      await this.timer.arm()
      return { ok: true, value: null }
    })
  }

  relocate(call: RpcCall, from: string[], to: string): Promise<RpcResult<null>> {
    return this.authorized(call, async () => {
      relocate(this.store, from, to, Date.now())
      await this.timer.arm()
      return { ok: true, value: null }
    })
  }

  async listItems(siteId: string, filter: ItemFilter, before: number | null, limit: number) {
    return items.listItems(this.content(siteId), filter, before, limit)
  }

  async getItem(siteId: string, id: string): Promise<RpcResult<Item>> {
    return items.getItem(this.content(siteId), id)
  }

  async listTerms(query: TermQuery): Promise<Term[]> {
    return this.store.replica.terms.search(query)
  }

  createItem(key: CallingKey, input: ItemCreate, id?: string): Promise<RpcResult<Item>> {
    return this.#editItem(key, (content) => items.createItem(content, input, id))
  }

  updateItem(key: CallingKey, id: string, input: ItemUpdate): Promise<RpcResult<Item>> {
    return this.#editItem(key, (content) => items.updateItem(content, id, input))
  }

  moveItem(key: CallingKey, id: string, change: TrashChange): Promise<RpcResult<Item>> {
    return this.#editItem(key, (content) => items.TRASH_CHANGES[change](content, id))
  }

  /** Called by Workers of the release before, during a deployment. */
  deleteItem(key: CallingKey, id: string): Promise<RpcResult<Item>> {
    return this.moveItem(key, id, 'trash')
  }

  resolveItem(key: CallingKey, id: string, resolution: Resolution): Promise<RpcResult<Item>> {
    return this.#editItem(key, (content) => items.resolveItem(content, id, resolution))
  }

  undoItem(key: CallingKey, id: string): Promise<RpcResult<Item>> {
    return this.#editItem(key, (content) => items.undoItem(content, id))
  }

  retryItem(key: CallingKey, id: string): Promise<RpcResult<Item>> {
    return this.#editItem(key, (content) => items.retryItem(content, id))
  }

  async listVersions(siteId: string, id: string, place: VersionPlace | null, limit: number) {
    return versions.listVersions(this.content(siteId), id, place, limit)
  }

  async getVersion(siteId: string, id: string, versionId: string) {
    return versions.getVersion(this.content(siteId), id, versionId)
  }

  restoreVersion(key: CallingKey, id: string, versionId: string, restore: VersionRestore): Promise<RpcResult<Item>> {
    return this.#editItem(key, (content) => versions.restoreVersion(content, id, versionId, restore))
  }

  syncItem(call: RpcCall, contentId: string): Promise<RpcResult<Item>> {
    return this.authorized(call, async () => {
      const ctx = this.context(call.accountId)
      const synced = await this.siteAccess.run(() => syncItem(ctx, call, contentId))
      await this.timer.arm()
      return synced
    })
  }

  async runs(integrationId?: string): Promise<RunsState> {
    return this.store.runsState(Date.now(), integrationId ?? null)
  }

  authorizeKey(key: CallingKey): Promise<RpcResult<null>> {
    return this.authorized(key, async () => ({ ok: true, value: null }))
  }

  async revokeKey(keyId: string): Promise<void> {
    // the site is deleted, so its keys can't act anyway
    if (this.isForgotten) return
    this.store.access.revokeKey(keyId, Date.now())
    this.live.close('access_ended', (subscriber) => subscriber.keyId === keyId)
    this.live.publish({ row: true })
  }

  async recheckKeys(): Promise<void> {
    this.opened?.access.recheckKeys()
  }

  async stop(integrationId: string): Promise<void> {
    this.opened?.stop(integrationId, Date.now())
    this.live.publish({ row: true })
    await this.timer.arm()
  }

  async forget(): Promise<void> {
    this.live.close('integration_deleted')
    // Tables created after this would be stored and billed for ever, so none are opened. Work under way holds the old
    // store; its statements now fail.
    this.isForgotten = true
    this.opened = null
    await this.timer.clear()
    await this.ctx.storage.deleteAll()
  }

  async publish(): Promise<void> {
    this.live.publish({ row: true })
  }

  /** Changes the IGNY8 side of an item in one transaction; the counts in D1 follow in the background. */
  #editItem(key: CallingKey, work: (content: items.ContentContext) => RpcResult<Item>): Promise<RpcResult<Item>> {
    return this.authorized(key, async () => {
      const changed = work(this.content(key.siteId, key.actor))
      if (changed.ok) this.ctx.waitUntil(writeCounts(this.context(key.accountId)))
      await this.timer.arm()
      return changed
    })
  }
}
