import { DurableObject } from 'cloudflare:workers'
import { readConfig } from '../config.ts'
import type { Item, ItemCreate, ItemFilter, ItemUpdate, Settlement } from '../contract/content.ts'
import type { StructureStored } from '../contract/content-types.ts'
import type { Structure } from '../contract/structure.ts'
import type { RunDetail } from '../contract/activity.ts'
import type { RunDirection, Run } from '../contract/sync.ts'
import { db } from '../db/client.ts'
import { createId } from '../lib/ids.ts'
import { log, withLogIds } from '../lib/log.ts'
import { Mutex } from '../lib/mutex.ts'
import {
  createItem,
  deleteItem,
  getItem,
  listItems,
  retryItem,
  settleItem,
  undoItem,
  updateItem,
  type ContentContext,
} from '../sync/content.ts'
import { adoptExchange } from '../sync/carrier.ts'
import { openSiteDatabase } from '../sync/database.ts'
import { examineSite } from '../sync/doctor/examine.ts'
import { weighExamination } from '../sync/doctor/weigh.ts'
import { receiveExchange } from '../sync/exchange.ts'
import { checkIfDue, checkSite } from '../sync/health/check.ts'
import { refuseKey } from '../sync/key-gate.ts'
import { idsOfCall, idsOfSubject } from '../sync/log-ids.ts'
import type {
  CallingKey,
  Examination,
  PortCall,
  PortResult,
  PortSubject,
  ProbeOutcome,
  ProbeRequest,
  RunsState,
  SignedAnswer,
  SiteSyncPort,
  WebhookMessage,
} from '../sync/port.ts'
import { probeSite, weighProbe } from '../sync/probe.ts'
import { project, projectStructure } from '../db/project.ts'
import { countsOf, runNext, type RunnerContext } from '../sync/runner.ts'
import { relocate } from '../sync/relocate.ts'
import { SiteStore } from '../sync/store.ts'
import { readLiveState } from '../services/live/read.ts'
import { syncItem } from '../sync/sync-item.ts'
import { receiveWebhook } from '../sync/webhook.ts'
import { SiteAlarm } from './alarm.ts'
import { end, LiveHub } from './live.ts'

/** One per site: its queue, its replica, and the only way to the site itself. Thin; what it does is in sync/. */
export class SiteSync extends DurableObject<Env> implements SiteSyncPort {
  #store: SiteStore
  readonly #live: LiveHub
  /** At most one request at a time goes to the site. */
  readonly #siteAccess = new Mutex()
  readonly #alarm: SiteAlarm

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#live = new LiveHub(state, {
      store: () => this.#store,
      read: (subject, since) => readLiveState(db(env, subject.accountId).db, subject, since),
    })
    this.#store = this.#openStore()
    this.#alarm = new SiteAlarm(state.storage, (looksFrom) => this.#store.nextDueAt(looksFrom))
    // an alarm is consumed when it fires and given up after six throws: pending work always has one again
    // and whoever held a run before is gone
    this.#store.releaseLeases(Date.now())
    void state.blockConcurrencyWhile(() => this.#alarm.arm())
  }

  probe(request: ProbeRequest): Promise<PortResult<ProbeOutcome>> {
    return this.#admitted(request, async () => {
      const outcome = await this.#siteAccess.run(() => probeSite(this.#context(null), request))
      const weighed = weighProbe(this.#store, outcome, request.mayExchange, Date.now())
      // what waited for a call of the site may go on at once
      await this.#alarm.arm()
      return { ok: true, value: weighed }
    })
  }

  check(call: PortCall): Promise<PortResult<ProbeOutcome | null>> {
    return this.#admitted(call, async () => {
      this.#store.access.setSubject(call)
      const outcome = await this.#siteAccess.run(() => checkSite(this.#context(call.accountId), call, true))
      await this.#alarm.arm()
      return { ok: true, value: outcome }
    })
  }

  async scheduleCheck(subject: PortSubject, dueAt: number): Promise<void> {
    this.#store.access.setSubject(subject)
    this.#store.schedule.ensure('health', dueAt)
    await this.#alarm.arm()
  }

  examine(request: ProbeRequest): Promise<PortResult<Examination>> {
    return this.#admitted(request, async () => {
      const seen = await this.#siteAccess.run(() => examineSite(this.#context(null), request))
      return { ok: true, value: request.mayExchange ? weighExamination(this.#store, seen, Date.now()) : seen }
    })
  }

  storeStructure(call: PortCall, structure: Structure): Promise<PortResult<StructureStored>> {
    return this.#admitted(call, async () => {
      const ctx = this.#context(call.accountId)
      const event = { action: 'update_structure', startedAt: ctx.now() }
      const stored = await projectStructure(ctx, call, structure, event)
      return stored
        ? { ok: true, value: stored }
        : { ok: false, code: 'integration_not_found', detail: 'Integration not found' }
    })
  }

  enqueue(call: PortCall, direction: RunDirection): Promise<PortResult<Run>> {
    return this.#admitted(call, async () => {
      this.#store.access.setSubject(call)
      const id = createId('run')
      const run = this.#store.enqueueRun(id, call, direction, Date.now())
      // a run that was there already belongs to the request that started it
      if (run.id === id) log.info('run queued', { run_id: id, direction })
      else log.info('run joined', { run_id: run.id, direction })
      await this.#alarm.arm()
      return { ok: true, value: run }
    })
  }

  async enqueueChange(call: PortCall): Promise<PortResult<Run>> {
    const queued = await this.enqueue(call, 'to_external')
    if (queued.ok) this.#store.repeatRun(queued.value.id)
    return queued
  }

  async listRuns(integrationId: string, limit: number, before: string | null): Promise<Run[]> {
    return this.#store.listRuns(integrationId, limit, before)
  }

  async getRun(integrationId: string, runId: string): Promise<PortResult<RunDetail>> {
    const found = this.#store.findRun(runId)
    if (found?.integrationId !== integrationId) return { ok: false, code: 'run_not_found', detail: 'Run not found' }
    return { ok: true, value: { ...found.run, request_id: found.requestId, ...this.#store.steps.describe(runId) } }
  }

  cancelRun(call: PortCall, runId: string): Promise<PortResult<Run>> {
    return this.#admitted(call, async () => {
      const run = this.#store.cancelRun(call.integrationId, runId, Date.now())
      return run ? { ok: true, value: run } : { ok: false, code: 'run_not_found', detail: 'Run not found' }
    })
  }

  receiveWebhook(key: CallingKey, message: WebhookMessage): Promise<PortResult<{ isRepeat: boolean }>> {
    return this.#admitted(key, async () => {
      const received = await receiveWebhook(this.#context(key.accountId), key, message)
      if (received.ok && !received.value.isRepeat) await this.#alarm.armForLook()
      return received
    })
  }

  exchange(key: CallingKey, integrationId: string, message: WebhookMessage): Promise<PortResult<SignedAnswer>> {
    return this.#admitted(key, async () => {
      const site = { ...key, integrationId }
      const answer = await receiveExchange(this.#context(key.accountId), site, message, (work) =>
        this.#siteAccess.tryRun(work),
      )
      await this.#alarm.arm()
      return answer
    })
  }

  adoptExchange(call: PortCall): Promise<PortResult<null>> {
    return this.#admitted(call, async () => {
      this.#store.access.setSubject(call)
      this.#store.access.distrust()
      adoptExchange(this.#store, Date.now())
      await this.#alarm.arm()
      return { ok: true, value: null }
    })
  }

  relocate(call: PortCall, from: string[], to: string): Promise<PortResult<null>> {
    return this.#admitted(call, async () => {
      relocate(this.#store, from, to, Date.now())
      await this.#alarm.arm()
      return { ok: true, value: null }
    })
  }

  async listItems(siteId: string, filter: ItemFilter, before: number | null, limit: number) {
    return listItems(this.#content(siteId), filter, before, limit)
  }

  async getItem(siteId: string, id: string): Promise<PortResult<Item>> {
    return getItem(this.#content(siteId), id)
  }

  createItem(key: CallingKey, input: ItemCreate): Promise<PortResult<Item>> {
    return this.#change(key, (content) => createItem(content, input))
  }

  updateItem(key: CallingKey, id: string, input: ItemUpdate): Promise<PortResult<Item>> {
    return this.#change(key, (content) => updateItem(content, id, input))
  }

  deleteItem(key: CallingKey, id: string): Promise<PortResult<Item>> {
    return this.#change(key, (content) => deleteItem(content, id))
  }

  settleItem(key: CallingKey, id: string, settlement: Settlement): Promise<PortResult<Item>> {
    return this.#change(key, (content) => settleItem(content, id, settlement))
  }

  undoItem(key: CallingKey, id: string): Promise<PortResult<Item>> {
    return this.#change(key, (content) => undoItem(content, id))
  }

  retryItem(key: CallingKey, id: string): Promise<PortResult<Item>> {
    return this.#change(key, (content) => retryItem(content, id))
  }

  syncItem(call: PortCall, contentId: string): Promise<PortResult<Item>> {
    return this.#admitted(call, async () => {
      const synced = await this.#siteAccess.run(() => syncItem(this.#context(call.accountId), call, contentId))
      await this.#alarm.arm()
      return synced
    })
  }

  async runs(integrationId?: string): Promise<RunsState> {
    return this.#store.runsState(Date.now(), integrationId ?? null)
  }

  async admit(key: CallingKey): Promise<PortResult<null>> {
    return (await this.#refuse(key)) ?? { ok: true, value: null }
  }

  async revokeKey(keyId: string): Promise<void> {
    this.#store.access.setKeyStatus(keyId, 'revoked', Date.now())
    this.#live.close('access_ended', (watcher) => watcher.keyId === keyId)
    this.#live.note({ row: true })
  }

  async stop(integrationId: string): Promise<void> {
    this.#store.cancelRuns(integrationId, Date.now())
    this.#store.audits.plan(null)
    this.#store.access.distrust()
    this.#live.note({ row: true })
    await this.#alarm.arm()
  }

  async forget(): Promise<void> {
    this.#live.close('integration_deleted')
    await this.ctx.storage.deleteAll()
    // a key of the deleted site may still call: it finds empty tables, and D1 says that it is gone
    this.#store = this.#openStore()
    await this.#alarm.clear()
  }

  async announce(): Promise<void> {
    this.#live.note({ row: true })
  }

  /** The one request that is no call: a watcher's WebSocket. */
  override async fetch(request: Request): Promise<Response> {
    return this.#live.accept(request)
  }

  override webSocketMessage(socket: WebSocket): void {
    end(socket, 'message_refused')
  }

  /** One bounded slice of the oldest due run. Never throws: a failure is stored with the run. */
  override async alarm(): Promise<void> {
    const work = () => this.#siteAccess.run(() => this.#work())
    await withLogIds(idsOfSubject(this.#store.access.subject()), () =>
      this.#alarm.ring(work, (cause) => log.error('alarm failed', { cause })),
    )
  }

  #openStore(): SiteStore {
    const store = new SiteStore(openSiteDatabase(this.ctx.storage))
    store.onRun = (run) => this.#live.note({ run })
    store.replica.items.onItem = (item) => this.#live.note({ item })
    return store
  }

  /** Whatever is due: the look at the site first, since everything else rests on it. */
  async #work(): Promise<void> {
    const ctx = this.#context(null)
    await checkIfDue(ctx)
    await runNext(ctx)
  }

  #context(accountId: string | null): RunnerContext {
    return {
      db: db(this.env, accountId).db,
      store: this.#store,
      config: readConfig(this.env),
      now: Date.now,
      newId: createId,
      random: Math.random,
      sleep: (ms) => scheduler.wait(ms),
      fetch: (input, init) => fetch(input, init),
      onProjected: () => this.#live.note({ row: true }),
    }
  }

  #content(siteId: string): ContentContext {
    return { replica: this.#store.replica, siteId, now: Date.now, newId: createId }
  }

  /** A change of the IGNY8 side: admitted, made in one transaction, and shown in D1's counts with the next projection. */
  #change(key: CallingKey, work: (content: ContentContext) => PortResult<Item>): Promise<PortResult<Item>> {
    return this.#admitted(key, async () => {
      const changed = work(this.#content(key.siteId))
      if (changed.ok) this.ctx.waitUntil(this.#projectCounts())
      await this.#alarm.arm()
      return changed
    })
  }

  /** What the tab shows follows a change at once; where this fails the next projection makes up for it. */
  async #projectCounts(): Promise<void> {
    const subject = this.#store.access.subject()
    if (!subject) return
    try {
      await project(this.#context(subject.accountId), subject, { epoch: null, counts: countsOf(this.#store) })
    } catch (cause) {
      log.warn('counts not projected', { cause })
    }
  }

  /** Does what the caller may do here, with its ids in the log. A key that may no longer act is refused first. */
  #admitted<T>(
    call: CallingKey & { integrationId?: string },
    work: () => Promise<PortResult<T>>,
  ): Promise<PortResult<T>> {
    const ids = { ...idsOfSubject(this.#store.access.subject()), ...idsOfCall(call) }
    return withLogIds(ids, async () => (await this.#refuse(call)) ?? work())
  }

  async #refuse({ keyId, siteId, accountId }: CallingKey): Promise<(PortResult<never> & { ok: false }) | null> {
    if (keyId === null) return null
    const code = await refuseKey({ ...this.#context(accountId) }, keyId, siteId)
    return code && { ok: false, code, detail: 'The API key can no longer be used at this site.' }
  }
}
