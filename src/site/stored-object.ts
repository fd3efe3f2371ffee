/**
 * The life of a site's object: its tables, its one alarm, its live connections, and who may call it. What it does for
 * callers is in the classes that extend it (object.ts). Members that are `protected` belong to those classes; the Worker
 * calls the methods of rpc.ts alone.
 */
import { DurableObject } from 'cloudflare:workers'
import { openDatabases } from '../db/events/shards.ts'
import { logFailure } from '../lib/background.ts'
import { log, withLogIds } from '../lib/log.ts'
import { Mutex } from '../lib/mutex.ts'
import { readLiveState } from '../services/live/index.ts'
import { checkIfDue } from './health/check.ts'
import { closeSocket, LiveHub } from './live/hub.ts'
import { hasTables, openSiteDatabase } from './replica/database.ts'
import { refuseCall, unlessDeleted } from './replica/key-gate.ts'
import { isLoading } from './replica/load.ts'
import { SiteStore } from './replica/store.ts'
import { tidy } from './replica/tidy.ts'
import { type CallingKey, type RpcResult, SITE_DELETED, SITE_LOADING } from './rpc.ts'
import { SiteAlarm } from './runs/alarm.ts'
import { createContext, type ObjectContext } from './runs/context.ts'
import { idsOfCall, idsOfIntegration } from './runs/log-ids.ts'
import { playChanges } from './runs/play-changes.ts'
import { runNext } from './runs/runner.ts'

export abstract class StoredObject extends DurableObject<Env> {
  /** Null while the object has no data: the site was deleted or never used. */
  protected opened: SiteStore | null
  /** Set by `forget`. Site ids are never reused, so this instance stores nothing from then on, whoever calls it. */
  protected isForgotten = false
  /** While a backup is loaded into it, the object works for nobody else. */
  protected isLoading: boolean
  protected readonly live: LiveHub
  /** Serialises requests to the site. */
  protected readonly siteAccess = new Mutex()
  protected readonly timer: SiteAlarm

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.live = new LiveHub(state, {
      store: () => this.store,
      read: (integration, since) => readLiveState(openDatabases(env, integration.accountId), integration, since),
    })
    this.isLoading = isLoading(openSiteDatabase(state.storage))
    this.opened = !this.isLoading && hasTables(state.storage) ? this.openStore() : null
    this.timer = new SiteAlarm(state.storage, (inboxFrom) => this.opened?.nextDueAt(inboxFrom) ?? null)
    // the instance that held these leases is gone
    this.opened?.runs.releaseLeases(Date.now())
    // The platform retries an alarm six times, then drops it: pending work needs a new one. Not before the event that this
    // instance starts for: if that is the alarm, it sets the next one itself.
    state.waitUntil(logFailure(scheduler.wait(0).then(() => this.timer.arm())))
  }

  /** Opens a live WebSocket, which RPC can't. */
  override async fetch(request: Request): Promise<Response> {
    this.opened?.transport.wake(Date.now())
    return this.live.accept(request)
  }

  override webSocketMessage(socket: WebSocket): void {
    closeSocket(socket, 'message_refused')
  }

  /**
   * Does the work that is due: the health check, then the inbox, then one slice of a run. Never throws: errors are
   * stored with the run or logged.
   */
  override async alarm(): Promise<void> {
    const store = this.opened
    if (!store) return
    const work = () => this.siteAccess.run(() => this.doDueWork(store))
    await withLogIds(idsOfIntegration(store.access.integration()), () =>
      this.timer.onAlarm(work, (cause) => log.error('alarm failed', { cause })),
    )
  }

  /** The tables, made on first use. @throws Error {@link SITE_DELETED}, {@link SITE_LOADING} */
  protected get store(): SiteStore {
    if (this.isForgotten) throw new Error(SITE_DELETED)
    if (this.isLoading) throw new Error(SITE_LOADING)
    return (this.opened ??= this.openStore())
  }

  protected openStore(): SiteStore {
    const store = new SiteStore(openSiteDatabase(this.ctx.storage))
    store.runs.onRun = (run) => this.live.publish({ run })
    store.replica.items.onItem = (item) => this.live.publish({ item })
    return store
  }

  /** The health check comes first: a run depends on its result. */
  protected async doDueWork(store: SiteStore): Promise<void> {
    const ctx = { ...this.context(null), store }
    tidy(store, Date.now())
    await playChanges(ctx)
    await checkIfDue(ctx)
    // what the other runs wait for may have changed, so publish them all
    await runNext(ctx).finally(() => store.runs.publishUnfinished())
  }

  protected context(accountId: string | null): ObjectContext {
    return createContext(this.env, accountId, {
      store: this.store,
      onProjected: () => this.live.publish({ row: true }),
      storedBytes: () => this.ctx.storage.sql.databaseSize,
      isWatched: () => this.live.isWatched,
    })
  }

  /**
   * Refuses a key that may no longer act; otherwise does the work with the caller's ids in the log. Work whose site is
   * deleted meanwhile fails at its next statement. A call after the deletion fails too.
   */
  protected authorized<T>(
    call: CallingKey & { integrationId?: string },
    work: () => Promise<RpcResult<T>>,
    { isPoll = false } = {},
  ): Promise<RpcResult<T>> {
    const ids = { ...idsOfIntegration(this.opened?.access.integration() ?? null), ...idsOfCall(call) }
    const database = () => openDatabases(this.env, call.accountId).db
    const gate = { db: database, now: Date.now, opened: () => this.opened, open: () => this.store, isPoll }
    const guarded = async () => (await refuseCall(gate, call)) ?? (await work())
    return withLogIds(ids, () => unlessDeleted(() => this.isForgotten, guarded))
  }
}
