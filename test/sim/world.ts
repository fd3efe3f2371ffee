import { db } from '../../src/db/client.ts'
import { openEventShards } from '../../src/db/events/shards.ts'
import { integrations } from '../../src/db/schema/index.ts'
import { sealCredentials } from '../../src/lib/link-credentials.ts'
import { createSigningSecret, signMessage } from '../../src/lib/signature.ts'
import { createId } from '../../src/lib/ids.ts'
import type { Config } from '../../src/config.ts'
import type { Transport } from '../../src/contract/polling.ts'
import type { ConflictPolicy } from '../../src/contract/integrations.ts'
import type { RunDirection } from '../../src/contract/sync.ts'
import type { ContentContext } from '../../src/site/replica/content.ts'
import { receivePoll } from '../../src/site/runs/receive-poll.ts'
import type { RpcCall } from '../../src/site/rpc.ts'
import type { ObjectContext } from '../../src/site/runs/context.ts'
import { runNext } from '../../src/site/runs/runner.ts'
import { SiteStore } from '../../src/site/replica/store.ts'
import { receiveWebhook } from '../../src/site/runs/receive-webhook.ts'
import type { Command } from '../../src/contract/link.ts'
import type { CommandFault, Fault, SeenRequest } from '../model/faults.ts'
import { modelFetch } from '../model/fetch.ts'
import { callHome, type SendHome } from '../model/polling.ts'
import { ModelWordPress, type ModelWebhook } from '../model/wordpress.ts'
import { createRandom } from './random.ts'
import { createD1, createSiteDatabase } from './sqlite.ts'

const START_MS = Date.UTC(2026, 10, 21, 10)
const HEARTBEAT_MS = 60_000
const CALL: RpcCall = {
  accountId: 'acc_sim',
  siteId: 'site_sim',
  integrationId: 'int_sim',
  keyId: null,
  requestId: 'req_sim',
}

/** How likely each fault is, per occasion. */
export interface FaultRates {
  /** The process dies at an await. */
  kill: number
  /** The site fails a request. */
  site: number
  /** PHP dies at a command that writes: before it, after it, or with the row of a post written and nothing else. */
  interrupt: number
  /** A webhook is lost, doubled or late. */
  webhook: number
}

export const NO_FAULTS: FaultRates = { kill: 0, site: 0, interrupt: 0, webhook: 0 }

const config: Config = {
  environment: 'test',
  publicUrl: 'https://api.test',
  webOrigins: [],
  quotas: {},
  closedShards: [],
  demo: null,
  otlp: null,
  email: null,
  requestLogRate: 0,
  eventRetentionMs: 90 * 86_400_000,
  apiKeyPepper: 'sim',
  sessionSecret: 'sim',
  operatorToken: '',
  version: null,
  keyRing: { currentId: 'k1', keys: { k1: btoa('0123456789abcdef0123456789abcdef') } },
}

/**
 * A promise that never settles, as of a killed process. Each call has its own, so that its waiters can be collected.
 */
const never = () => new Promise<never>(() => undefined)

/**
 * One site with the real engine, store and D1 queries on one side and a model WordPress on the other, under a virtual
 * clock and seeded chance. What is killed stops at its await, as a process does; the next instance works on the same
 * databases.
 */
export class World {
  readonly random: () => number
  readonly wordpress: ModelWordPress
  rates: FaultRates = NO_FAULTS
  nowMs = START_MS
  kills = 0
  /** Awaits so far, and the one at which the process dies for certain. */
  awaits = 0
  /** Writes to D1: a batch is one. */
  d1Writes = 0
  killAt = Infinity
  #ids = 0
  #instance = 0
  #site = createSiteDatabase()
  #d1 = createD1()
  #events = createD1('migrations-events')
  #webhooks: ModelWebhook[] = []
  #nextHeartbeatAt = START_MS
  /** The most heartbeats one `settle` waits for; commands without an answer by then stay queued. */
  patience = Infinity
  /** A text with which an item ends the site's request, or is refused by a firewall, each time; null for none. */
  poison: string | null = null
  isPoisonRefused = false
  /** Ids of the posts that people made, copies among them. */
  readonly authored = new Set<number>()
  /** What happens between the site's answer to a request and its arrival. */
  meanwhile: () => Promise<void> = () => Promise.resolve()
  readonly transport: Transport
  readonly hasDriftChecks: boolean
  store: SiteStore

  /**
   * @param options.hasDriftChecks false: no drift check is ever due, and the plugin's outbox keeps a webhook until it
   *   is delivered. True: a lost webhook is lost for good, as when the outbox lost its table.
   */
  constructor(seed: number, transport: Transport = 'direct', { hasDriftChecks = true } = {}) {
    this.transport = transport
    this.hasDriftChecks = hasDriftChecks
    this.random = createRandom(seed)
    this.wordpress = new ModelWordPress({
      url: 'https://site.example.com',
      now: () => this.nowMs,
      random: this.random,
      signingSecret: createSigningSecret(),
      integrationId: CALL.integrationId,
      onWebhook: (webhook) => this.#webhooks.push(webhook),
    })
    this.wordpress.faults = {
      request: (request) => this.#siteFault(request),
      command: (command) => this.#commandFault(command),
    }
    this.store = this.#openStore()
  }

  #openStore(): SiteStore {
    const store = new SiteStore(this.#site)
    store.replica.history.now = () => this.nowMs
    if (!this.hasDriftChecks) store.driftChecks.dueAt = () => null
    return store
  }

  /** Stores the integration as a connected one, with every type switched on. */
  async connect(policy: ConflictPolicy = 'manual', fetchLimit = 1_000_000): Promise<void> {
    const now = new Date(this.nowMs)
    const types = {
      post: { fetch_limit: fetchLimit },
      page: { fetch_limit: fetchLimit },
      product: { fetch_limit: fetchLimit },
    }
    await db({ DB: this.#d1.binding }, null)
      .db.insert(integrations)
      .values({
        id: CALL.integrationId,
        accountId: CALL.accountId,
        siteId: CALL.siteId,
        platform: 'wordpress',
        siteUrl: this.wordpress.url,
        commandsUrl: `${this.wordpress.url}/wp-json/igny8/v1/commands`,
        credentials: await sealCredentials(
          config.keyRing,
          CALL.integrationId,
          [this.wordpress.signingSecret],
          this.nowMs,
        ),
        config: { conflict_policy: policy },
        typeSettings: { post_types: types },
        createdAt: now,
        updatedAt: now,
      })
    this.store.access.setIntegration(CALL)
    this.store.transport.save({ transport: this.transport })
  }

  /** The engine's surroundings for one instance; after a kill the old instance's never answer. */
  context(): ObjectContext {
    const instance = this.#instance
    const alive = async <T>(work: () => Promise<T>): Promise<T> => {
      if (this.#instance !== instance) return never()
      if (this.#isFatal()) return this.#die()
      const result = await work()
      if (this.#isFatal()) return this.#die()
      return this.#instance === instance ? result : never()
    }
    const reach = modelFetch(this.wordpress)
    const { db: orm } = db({ DB: this.#killable(this.#d1.binding, alive) }, null)
    return {
      db: orm,
      events: openEventShards({ EVENTS: this.#killable(this.#events.binding, alive) }, orm),
      store: this.store,
      config,
      now: () => this.nowMs,
      newId: (prefix) => `${prefix}_${String(++this.#ids).padStart(12, '0')}`,
      random: this.random,
      sleep: (ms) => alive(async () => void (this.nowMs += ms)),
      fetch: (url, init) =>
        alive(async () => {
          if (this.transport === 'polling') throw new Error('a site that can’t be called was called')
          this.nowMs += 1 + Math.floor(this.random() * 40)
          const answer = await reach(url, init)
          await this.meanwhile()
          return answer
        }),
    }
  }

  /** Sends a message of the site as a webhook. */
  async receive(event: object) {
    const body = JSON.stringify(event)
    const [id, timestamp] = [`msg_${++this.#ids}`, this.wordpress.site.timeS()]
    const signature = await signMessage({ id, timestamp, body, secrets: [this.wordpress.signingSecret] })
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
    return receiveWebhook({ ...this.context(), db: db({ DB: this.#d1.binding }, null).db }, CALL, { headers, body })
  }

  /** Loses the webhooks that are not delivered yet. */
  loseWebhooks(): void {
    this.#webhooks = []
  }

  get content(): ContentContext {
    const { store, nowMs } = this
    return { replica: store.replica, siteId: CALL.siteId, now: () => nowMs, newId: () => createId('item'), by: null }
  }

  enqueue(direction: RunDirection): void {
    this.store.runs.enqueue(`run_${String(++this.#ids).padStart(12, '0')}`, CALL, direction, this.nowMs)
  }

  /** Plays everything that is due within `quietMs`; after a kill a new instance continues. */
  async settle(quietMs: number): Promise<void> {
    const end = this.nowMs + quietMs
    let heartbeats = 0
    for (let step = 0; step < 2_000; step++) {
      await this.deliverWebhooks()
      if (this.transport === 'polling' && this.store.waitsForSite()) {
        if (++heartbeats > this.patience) return
        this.nowMs = Math.max(this.nowMs, this.#nextHeartbeatAt)
        this.#nextHeartbeatAt = this.nowMs + HEARTBEAT_MS
        await this.#heartbeat()
        continue
      }
      const due = this.store.nextWorkAt()
      if (due === null || due > Math.max(end, this.nowMs)) return
      this.nowMs = Math.max(this.nowMs, due)
      await this.#alarm()
    }
    throw new Error('the world does not settle')
  }

  async #alarm(): Promise<void> {
    await this.#untilDeath(() => runNext(this.context()))
    this.nowMs += 1
  }

  /** One heartbeat of the plugin: polls and answers are lost or doubled, and PHP may die with its results. */
  async #heartbeat(): Promise<void> {
    const isLost = () => this.random() < this.rates.site / 3
    const send: SendHome = async (message) => {
      this.nowMs += 1 + Math.floor(this.random() * 40)
      if (isLost()) return null
      const deliver = () =>
        this.#untilDeath(() =>
          receivePoll(this.context(), CALL, message, async (work) => {
            await work()
            return true
          }),
        )
      if (isLost()) await deliver()
      const answer = await deliver()
      if (answer === null || isLost()) return null
      if (!answer.ok) throw new Error(`${answer.code}: ${answer.detail}`)
      return answer.value
    }
    await callHome(this.wordpress, send, () => (isLost() ? 'dies' : 'none'))
  }

  /** The result of the work; null if its instance was killed, and a new instance starts. */
  async #untilDeath<T>(work: () => Promise<T>): Promise<T | null> {
    const died = new Promise<'died'>((resolve) => (this.#onDeath = () => resolve('died')))
    const ended = work().then(
      (value) => ({ value }),
      () => null,
    )
    const outcome = await Promise.race([ended, died])
    if (outcome !== 'died') return outcome && outcome.value
    this.store = this.#openStore()
    this.store.runs.releaseLeases(this.nowMs)
    return null
  }

  #onDeath: () => void = () => undefined

  #isFatal(): boolean {
    return ++this.awaits === this.killAt || this.random() < this.rates.kill
  }

  #die(): Promise<never> {
    this.kills++
    this.#instance++
    this.#onDeath()
    return never()
  }

  #killable(binding: D1Database, alive: <T>(work: () => Promise<T>) => Promise<T>): D1Database {
    const wrap = (target: object): object =>
      new Proxy(target, {
        get: (object, name) => {
          const value: unknown = Reflect.get(object, name)
          if (typeof value !== 'function') return value
          const call = value as (...args: unknown[]) => unknown
          if (name === 'bind' || name === 'prepare' || name === 'withSession') {
            return (...args: unknown[]) => wrap(call(...args) as object)
          }
          if (name !== 'raw') this.d1Writes++
          return (...args: unknown[]) => alive(() => call(...args) as Promise<unknown>)
        },
      })
    return wrap(binding) as D1Database
  }

  #isPoisoned = (commands: readonly Command[]): boolean =>
    this.poison !== null &&
    commands.some(({ name, args }) => name === 'apply' && JSON.stringify(args).includes(this.poison ?? ''))

  #siteFault({ commands }: SeenRequest): Fault | null {
    if (this.isPoisonRefused && this.#isPoisoned(commands)) return { kind: 'status', status: 406 }
    if (this.random() >= this.rates.site) return null
    const kinds = [
      { kind: 'reset', when: 'before' },
      { kind: 'reset', when: 'after' },
      { kind: 'half_body' },
      { kind: 'html' },
      { kind: 'trailing_html' },
      { kind: 'status', status: 500 },
      { kind: 'status', status: 503, retryAfter: 30 },
      { kind: 'doubled' },
      { kind: 'late' },
      { kind: 'wrong_signature' },
    ] as const
    return kinds[Math.floor(this.random() * kinds.length)] ?? null
  }

  #commandFault(command: Command): CommandFault | null {
    const { name } = command
    if (name !== 'apply') return null
    if (this.#isPoisoned([command])) return { kind: 'die', when: 'before' }
    if (this.rates.interrupt === 0 || this.random() >= this.rates.interrupt) return null
    const moments = ['before', 'within', 'within', 'after'] as const
    return { kind: 'die', when: moments[Math.floor(this.random() * moments.length)] ?? 'within' }
  }

  /**
   * Delivers what the outbox has: webhooks arrive in any order; some twice, some late, some never (or later, if the
   * outbox keeps them).
   */
  async deliverWebhooks(): Promise<void> {
    if (this.random() < this.rates.webhook) await this.wordpress.deliverLate()
    const waiting = this.#webhooks.splice(0)
    for (const webhook of waiting.toSorted(() => this.random() - 0.5)) {
      const chance = this.random()
      if (chance < this.rates.webhook / 3) {
        if (!this.hasDriftChecks) this.#webhooks.push(webhook)
        continue
      }
      if (chance < (this.rates.webhook * 2) / 3) this.#webhooks.push(webhook)
      const { headers, body } = await this.wordpress.signWebhook(webhook)
      await receiveWebhook({ ...this.context(), db: db({ DB: this.#d1.binding }, null).db }, CALL, { headers, body })
    }
  }
}
