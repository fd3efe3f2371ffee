import { DurableObject } from 'cloudflare:workers'
import { readConfig } from '../config.ts'
import type { StructureStored } from '../contract/content-types.ts'
import type { Structure } from '../contract/structure.ts'
import type { Direction, Run } from '../contract/sync.ts'
import { db } from '../db/client.ts'
import { createId } from '../lib/ids.ts'
import { log } from '../lib/log.ts'
import { Mutex } from '../lib/mutex.ts'
import { refuseKey } from '../sync/key-gate.ts'
import type {
  CallingKey,
  PortCall,
  PortResult,
  ProbeOutcome,
  ProbeRequest,
  RunsState,
  SiteSyncPort,
} from '../sync/port.ts'
import { probeSite } from '../sync/probe.ts'
import { projectStructure } from '../db/project.ts'
import { runNext, type RunnerContext } from '../sync/runner.ts'
import { SiteStore } from '../sync/store.ts'

/** One per site: its queue, its replica, and the only way to the site itself. Thin; what it does is in sync/. */
export class SiteSync extends DurableObject<Env> implements SiteSyncPort {
  #store: SiteStore
  /** At most one request at a time goes to the site. */
  readonly #siteAccess = new Mutex()

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#store = new SiteStore(state.storage)
    // an alarm is consumed when it fires and given up after six throws: pending work always has one again
    void state.blockConcurrencyWhile(() => this.#armAlarm())
  }

  async probe(request: ProbeRequest): Promise<PortResult<ProbeOutcome>> {
    const refusal = await this.#refuse(request)
    if (refusal) return refusal
    return { ok: true, value: await this.#siteAccess.run(() => probeSite(this.#context(null), request)) }
  }

  async storeStructure(call: PortCall, structure: Structure): Promise<PortResult<StructureStored>> {
    const refusal = await this.#refuse(call)
    if (refusal) return refusal
    const ctx = this.#context(call.accountId)
    const event = { action: 'update_structure', startedAt: ctx.now() }
    const stored = await projectStructure(ctx, call, structure, null, event)
    return stored
      ? { ok: true, value: stored }
      : { ok: false, code: 'integration_not_found', detail: 'Integration not found' }
  }

  async enqueue(call: PortCall, direction: Direction): Promise<PortResult<Run>> {
    const refusal = await this.#refuse(call)
    if (refusal) return refusal
    const run = this.#store.enqueueRun(createId('run'), call, direction, Date.now())
    await this.#armAlarm()
    return { ok: true, value: run }
  }

  async runs(): Promise<RunsState> {
    return this.#store.runsState(Date.now())
  }

  async admit(key: CallingKey): Promise<PortResult<null>> {
    return (await this.#refuse(key)) ?? { ok: true, value: null }
  }

  async revokeKey(keyId: string): Promise<void> {
    this.#store.setKeyStatus(keyId, 'revoked', Date.now())
  }

  async stop(integrationId: string): Promise<void> {
    this.#store.cancelRuns(integrationId, Date.now())
    this.#store.distrustKeys()
    await this.#armAlarm()
  }

  async forget(): Promise<void> {
    await this.ctx.storage.deleteAlarm()
    await this.ctx.storage.deleteAll()
    // a key of the deleted site may still call: it finds empty tables, and D1 says that it is gone
    this.#store = new SiteStore(this.ctx.storage)
  }

  /** One bounded slice of the oldest due run. Never throws: a failure is stored with the run. */
  override async alarm(): Promise<void> {
    try {
      await this.#siteAccess.run(() => runNext(this.#context(null)))
    } catch (cause) {
      log.error('alarm failed', { cause })
    }
    await this.#armAlarm()
  }

  #context(accountId: string | null): RunnerContext {
    return {
      db: db(this.env, accountId).db,
      store: this.#store,
      config: readConfig(this.env),
      now: Date.now,
      newId: createId,
      random: Math.random,
      fetch: (input, init) => fetch(input, init),
    }
  }

  async #refuse({ keyId, siteId, accountId }: CallingKey): Promise<(PortResult<never> & { ok: false }) | null> {
    if (keyId === null) return null
    const code = await refuseKey({ ...this.#context(accountId) }, keyId, siteId)
    return code && { ok: false, code, detail: 'The API key can no longer be used at this site.' }
  }

  async #armAlarm(): Promise<void> {
    const due = this.#store.nextDueAt()
    if (due !== null) await this.ctx.storage.setAlarm(Math.max(due, Date.now()))
  }
}
