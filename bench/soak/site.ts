import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from '../../src/contract/link.ts'
import { signMessage } from '../../src/lib/signature.ts'
import { serveModel, type ServedModel } from '../../test/model/serve.ts'
import { runStructure } from '../../test/model/commands/describe.ts'
import type { Fault, Faults } from '../../test/model/faults.ts'
import { callHome, idlePoll, keepTicket, ticketOf, type HeartbeatMessage } from '../../test/model/polling.ts'
import { ModelWordPress, type ModelWebhook } from '../../test/model/wordpress.ts'
import type { Chance } from './chance.ts'
import type { Client } from './client.ts'
import { INTEGRATIONS, type Person } from './people.ts'

const FORBIDDEN = 403
const ITEMS_EVERY_RUN = 1_000_000
const DELIVERY_PAUSE_MS = 1_500
const RUN_LIMIT_MS = 120_000

/** How a site's host is for a while. */
export type Weather = 'well' | 'down' | 'flaky' | 'slow' | 'garbage'

/** What a person last wrote into each part of a post, on whichever side. Parts that both sides write are not kept here. */
export interface Expected {
  title?: string
  body?: string
  status?: string
  /** Neither side may have it any more. */
  isGone?: boolean
}

const FLAKY: readonly Fault[] = [
  { kind: 'reset', when: 'before' },
  { kind: 'reset', when: 'after' },
  { kind: 'half_body' },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 500, when: 'after' },
  { kind: 'status', status: 503, retryAfter: 2 },
  { kind: 'doubled' },
  { kind: 'late' },
  { kind: 'timeout', when: 'after', afterMs: 8_000 },
]
const GARBAGE: readonly Fault[] = [
  { kind: 'html' },
  { kind: 'captcha' },
  { kind: 'trailing_html' },
  { kind: 'empty' },
  { kind: 'wrong_signature' },
  { kind: 'other_message' },
]

/** A site of the soak: a model WordPress in this process, connected with the Worker as its plugin does it. */
export class SoakSite {
  readonly client: Client
  readonly owner: Person
  readonly model: ModelWordPress
  readonly isPolling: boolean
  readonly chance: Chance
  readonly siteId: string
  key: string
  keyId: string
  integrationId = ''
  /** What each post must be in the end, by its id. */
  readonly expected = new Map<number, Expected>()
  /** Posts that people made in WordPress. */
  readonly authored = new Set<number>()
  /** Items that were made in IGNY8, each of which must become one post. */
  readonly created = new Set<string>()
  /** Posts whose title both sides write. */
  readonly contested = new Set<number>()
  readonly items = new Map<number, string>()
  readonly #outbox: ModelWebhook[] = []
  readonly #served: ServedModel
  readonly #locks = new Map<string, Promise<unknown>>()
  #delivering: Promise<void> | null = null
  #polling: Promise<void> | null = null
  /** Faults of webhooks and polls on their way, too. */
  isDisturbed = false
  weather: Weather = 'well'
  /** When the site was last anything but well, in milliseconds since 1970. */
  lastTroubleAt = 0
  /** It goes after a while. */
  isGuest = false
  /** It is being deleted: nobody may use it any more. */
  isLeaving = false
  /** It is not connected now. */
  #isAway = true
  #sent = 0

  private constructor(
    parts: Pick<SoakSite, 'client' | 'owner' | 'model' | 'isPolling' | 'chance' | 'siteId' | 'key' | 'keyId'>,
    served: ServedModel,
  ) {
    this.client = parts.client
    this.owner = parts.owner
    this.model = parts.model
    this.isPolling = parts.isPolling
    this.chance = parts.chance
    this.siteId = parts.siteId
    this.key = parts.key
    this.keyId = parts.keyId
    this.#served = served
    this.model.onWebhook = (webhook) => this.#note(webhook)
    this.model.faults = this.#faults()
  }

  /** Makes a site with posts and a key, connects it, and imports what it has. */
  static async connect(
    client: Client,
    owner: Person,
    options: { posts: number; isPolling: boolean; chance: Chance; name: string },
  ): Promise<SoakSite> {
    const { posts, isPolling, chance, name } = options
    const sleep = async (ms: number, signal: AbortSignal | null) => {
      await pause(ms, undefined, signal ? { signal, ref: false } : { ref: false }).catch(() => undefined)
    }
    const model = new ModelWordPress({ sleep, random: chance.next })
    model.site.options['two_way_sync_enabled'] = true
    const served = await serveModel(model)
    for (let number = 1; number <= posts; number++) {
      const type = number % 10 === 0 ? 'page' : 'post'
      model.createPost({ type, title: `${name} ${number}`, body: `<p>First ${number}.</p>`, status: 'publish' })
    }
    const kind = 'connect'
    const { token } = owner
    const site = await client.must('POST /api/v1/sites', { kind, token, body: { name, url: model.url } })
    const siteId = String(site['id'])
    const { key, id } = await client.must(`POST /api/v1/sites/${siteId}/api-keys`, { kind, token, body: {} })
    const parts = { client, owner, model, isPolling, chance, siteId, key: String(key), keyId: String(id) }
    const connected = new SoakSite(parts, served)
    for (const post of model.site.posts.all()) connected.authored.add(post.id)
    await connected.#connect()
    return connected
  }

  /** Whether the load may use it. */
  get isFree(): boolean {
    return !this.isLeaving && !this.#isAway
  }

  async #connect(): Promise<void> {
    const { client, model, siteId, key } = this
    const kind = 'connect'
    const body = { site_id: siteId, api_key: key, site_url: model.url, signing_secret: model.signingSecret }
    // a connection that was made before its answer got lost is found again
    const connected = await client.must(`POST ${INTEGRATIONS}/test-connection`, { kind, body })
    this.integrationId = String(connected['integration_id'])
    model.executor.integrationId = this.integrationId
    await client.must(`POST ${this.path}/update-structure`, { kind, token: key, body: this.structure() })
    const limits = { fetch_limit: ITEMS_EVERY_RUN }
    const types = { post_types: { post: limits, page: limits } }
    await client.must(`PATCH ${this.path}/content-types`, { kind, token: this.owner.token, body: types })
    if (this.isPolling) await this.#startPolling()
    await this.sync('both')
    await this.untilIdle(RUN_LIMIT_MS)
    this.#isAway = false
    void this.deliver()
  }

  /** Somebody disconnects it in IGNY8, and its plugin connects it again. */
  async reconnect(): Promise<void> {
    this.#isAway = true
    this.items.clear()
    const request = { kind: 'disconnect', token: this.owner.token, expects: [404] }
    await this.client.sendUntilKnown(`DELETE ${this.path}`, request)
    this.model.executor.integrationId = null
    await this.#connect()
  }

  /** From now on the plugin has this key. */
  takeKey(key: string, id: string): void {
    this.key = key
    this.keyId = id
    this.model.ticket = null
  }

  /** Refuses calls from now on. The API learns that the site polls, and that it can't be called. */
  async #startPolling(): Promise<void> {
    await this.#pollIdly()
    this.#refuses = true
    for (let tries = 0; tries < 4; tries++) {
      const test = await this.client.must(`POST ${this.path}/test-connection`, {
        kind: 'connect',
        token: this.key,
        body: {},
      })
      if (test['transport'] === 'polling') return
    }
    throw new Error('the site does not change to polling')
  }

  #refuses = false

  stop = (): Promise<void> => this.#served.stop()

  get path(): string {
    return `${INTEGRATIONS}/${this.integrationId}`
  }

  get content(): string {
    return `/api/v1/sites/${this.siteId}/content`
  }

  /** The structure as the plugin pushes it. */
  structure = (): unknown => JSON.parse(runStructure(this.model.site))

  /** Whether nothing was wrong with the site for so long. */
  isWellSince = (ms: number): boolean => this.weather === 'well' && this.isFree && Date.now() - this.lastTroubleAt > ms

  setWeather(weather: Weather): void {
    this.weather = weather
    this.lastTroubleAt = Date.now()
  }

  #faults(): Faults {
    const { chance } = this
    const request = (): Fault | null => {
      if (this.#refuses) return { kind: 'status', status: FORBIDDEN }
      if (this.weather === 'down') return { kind: 'reset', when: 'before' }
      if (this.weather === 'slow') return { kind: 'slow', ms: chance.between(500, 4_000) }
      if (this.weather === 'flaky' && chance.happens(0.4)) return chance.pick(FLAKY) ?? null
      if (this.weather === 'garbage' && chance.happens(0.7)) return chance.pick(GARBAGE) ?? null
      return null
    }
    const command = ({ name }: Command) =>
      this.weather === 'flaky' && name === 'apply' && chance.happens(0.1)
        ? ({ kind: 'die', when: chance.pick(['before', 'within', 'after'] as const) ?? 'within' } as const)
        : null
    return { request, command }
  }

  #note(webhook: ModelWebhook): void {
    this.#outbox.push(webhook)
    void this.deliver()
  }

  /** Webhooks that the plugin keeps until the API has taken them. */
  get undelivered(): number {
    return this.#outbox.length
  }

  /** Delivers what the outbox has: in any order, some of it twice, and again until it is taken. */
  deliver(): Promise<void> {
    this.#delivering ??= this.#deliverAll()
      .catch((cause: unknown) => this.client.trouble('deliver', cause))
      .finally(() => (this.#delivering = null))
    return this.#delivering
  }

  async #deliverAll(): Promise<void> {
    while (this.#outbox.length > 0 && this.isFree) {
      const batch = this.#outbox.splice(0)
      const twice = this.isDisturbed ? batch.filter(() => this.chance.happens(0.15)) : []
      for (const webhook of this.isDisturbed ? this.chance.shuffle([...batch, ...twice]) : batch) {
        if (!(await this.#send(webhook))) this.#outbox.push(webhook)
      }
      if (this.#outbox.length > 0) await pause(DELIVERY_PAUSE_MS)
    }
    if (this.isPolling) await this.poll()
  }

  /** @returns whether the API has it */
  async #send(webhook: ModelWebhook): Promise<boolean> {
    // lost on its way there
    if (this.isDisturbed && this.chance.happens(0.05)) return false
    const { path, headers, body } = await this.model.signWebhook(webhook)
    const answer = await this.client.send(`POST ${path}`, { kind: 'webhook', token: this.key, body, headers })
    // its answer is lost
    if (this.isDisturbed && this.chance.happens(0.05)) return false
    return answer.status === 202
  }

  async #sendPoll(message: HeartbeatMessage): Promise<HeartbeatMessage | null> {
    const lost = () => this.isDisturbed && this.chance.happens(this.weather === 'flaky' ? 0.2 : 0.02)
    if (this.weather === 'down' || lost()) return null
    const headers = { 'content-type': 'application/json', ...message.headers }
    const request = { kind: 'poll', token: this.key, body: message.body, headers }
    const answer = await this.client.send(`POST ${this.path}/poll`, request)
    if (answer.status !== 200 || lost()) return null
    return { headers: answer.headers, body: answer.text }
  }

  async #pollIdly(): Promise<void> {
    const timestamp = Math.floor(Date.now() / 1000)
    const body = JSON.stringify({ ...idlePoll(timestamp), transport: 'direct' })
    const id = `msg_soak_${this.siteId}_${++this.#sent}`
    const signature = await signMessage({ id, timestamp, body, secrets: [this.model.signingSecret] })
    const signed = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
    const answer = await this.#sendPoll({ headers: { ...signed, ...ticketOf(this.model) }, body })
    if (!answer) throw new Error('the poll was not answered')
    keepTicket(this.model, answer)
  }

  /** A visit of the plugin's heartbeat; one at a time, as the plugin's lock has it. */
  poll(): Promise<void> {
    const dies = () =>
      this.isDisturbed && this.weather === 'flaky' && this.chance.happens(0.1) ? ('dies' as const) : ('none' as const)
    const call = async () => void (await callHome(this.model, (message) => this.#sendPoll(message), dies))
    this.#polling ??= call()
      .catch((cause: unknown) => this.client.trouble('poll', cause))
      .finally(() => (this.#polling = null))
    return this.#polling
  }

  /** One piece of work at a time for a name, in the order in which it is asked for. */
  async inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#locks.get(name) ?? Promise.resolve()
    const mine = before.then(work, work)
    const settled = mine.catch(() => undefined)
    this.#locks.set(name, settled)
    try {
      return await mine
    } finally {
      if (this.#locks.get(name) === settled) this.#locks.delete(name)
    }
  }

  async sync(direction: 'both' | 'from_external' | 'to_external'): Promise<void> {
    await this.client.must(`POST ${this.path}/sync`, { kind: 'sync', token: this.owner.token, body: { direction } })
  }

  /** Waits until no run is under way. @returns whether that came */
  async untilIdle(limitMs: number): Promise<boolean> {
    for (const end = Date.now() + limitMs; Date.now() < end;) {
      if (this.isPolling) await this.poll()
      const answer = await this.client.send(`GET ${this.path}/sync-status`, { kind: 'wait', token: this.owner.token })
      if (answer.status === 200 && answer.body['current_run'] === null) return true
      await pause(300)
    }
    return false
  }

  /** The item of a post; null while it has none. */
  async itemOf(postId: number): Promise<string | null> {
    const known = this.items.get(postId)
    if (known !== undefined) return known
    const answer = await this.client.send(`GET ${this.content}?external_id=${postId}`, {
      kind: 'find',
      token: this.owner.token,
    })
    const [item] = (answer.body['results'] ?? []) as { id: string }[]
    if (item) this.items.set(postId, item.id)
    return item?.id ?? null
  }
}
