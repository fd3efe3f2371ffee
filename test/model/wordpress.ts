import type { WebhookEvent } from '../../src/contract/content-link.ts'
import { createSigningSecret, signMessage } from '../../src/lib/signature.ts'
import type { ModelAnswer } from './answers.ts'
import type { DocumentFields } from './document.ts'
import { Executor } from './executor.ts'
import { SiteEditing } from './editing.ts'
import type { Faults } from './faults.ts'
import { HttpSide, type ModelRequest, type Sleep } from './http.ts'
import { Site } from './site.ts'

/** A webhook that the plugin has to deliver; `id` stays the same however often it is sent. */
export interface ModelWebhook {
  id: string
  event: WebhookEvent
}

export interface ModelOptions {
  /** Address of the site, without a trailing slash. */
  url?: string
  /** Unix milliseconds. */
  now?: () => number
  /** 0 to 1, as `Math.random`; only ids of webhooks come from it. */
  random?: () => number
  /** How slow answers wait; without it nothing ever waits. */
  sleep?: Sleep
  signingSecret?: string
  integrationId?: string | null
  faults?: Faults
  onWebhook?: (webhook: ModelWebhook) => void
}

/**
 * A WordPress site with the IGNY8 plugin, as docs/protocol.md and docs/protocol-content.md describe it, with
 * WordPress's own habits where they show (`modified`, slugs, statuses, trash). Deterministic: no timers, the clock and
 * randomness are the caller's.
 */
export class ModelWordPress extends SiteEditing {
  readonly executor: Executor
  readonly http: HttpSide
  onWebhook: (webhook: ModelWebhook) => void
  /** What the last answer to a poll brought, and the next poll takes back. */
  ticket: string | null = null
  readonly #random: () => number
  #isInRequest = false

  constructor(options: ModelOptions = {}) {
    const { now = Date.now, random = Math.random, sleep = null, onWebhook = () => undefined } = options
    super(new Site({ now, ...(options.url !== undefined && { url: options.url }) }))
    this.executor = new Executor(this.site)
    this.executor.integrationId = options.integrationId ?? null
    const secrets = [options.signingSecret ?? createSigningSecret()]
    this.http = new HttpSide({
      site: this.site,
      executor: this.executor,
      secrets,
      sleep,
      afterRequest: () => this.flush(),
    })
    this.http.faults = options.faults ?? {}
    this.onWebhook = onWebhook
    this.#random = random
  }

  get url(): string {
    return this.site.url
  }

  /** The newest secret; setting one makes the others invalid. */
  get signingSecret(): string {
    return this.http.signingSecrets[0] ?? ''
  }

  set signingSecret(secret: string) {
    this.http.signingSecrets = [secret]
  }

  set faults(faults: Faults) {
    this.http.faults = faults
  }

  /** Requests and bytes, commands by name, and changes of the site's tables. */
  get stats() {
    return { ...this.http.stats, commands: { ...this.executor.counts }, writes: this.site.writes }
  }

  resetStats(): void {
    Object.assign(this.http.stats, { requests: 0, bytesIn: 0, bytesOut: 0, maxParallel: 0 })
    for (const name of Object.keys(this.executor.counts)) delete this.executor.counts[name]
    this.site.writes = 0
  }

  /** Answers an HTTP request, or throws NoAnswer. */
  handle(request: ModelRequest): Promise<ModelAnswer> {
    return this.http.handle(request)
  }

  /** Requests with the fault `late` arrive now; how many. */
  deliverLate(): Promise<number> {
    return this.http.deliverLate()
  }

  /** The document that the site would send now. */
  document(id: number, fields: DocumentFields = 'full'): Record<string, unknown> {
    return JSON.parse(this.executor.documents.json(this.post(id), fields)) as Record<string, unknown>
  }

  /** Makes every document of a type, so that the first full pass is as fast as later ones. */
  warm(type = 'post'): void {
    for (const post of this.site.posts.byModified(type)) this.executor.documents.etag(post)
  }

  /** Everything done in `run` is one request to the site, with at most one event for each post. */
  asOneRequest<T>(run: () => T): T {
    this.#isInRequest = true
    try {
      return run()
    } finally {
      this.#isInRequest = false
      this.flush()
    }
  }

  /** Hands the webhooks of all changes to `onWebhook`. */
  override flush(): void {
    if (this.#isInRequest) return
    for (const event of this.site.takeEvents()) this.onWebhook({ id: this.#newId(), event })
  }

  /** A webhook as HTTP, but for the API key: path below the API, headers and body. */
  async signWebhook({
    id,
    event,
  }: ModelWebhook): Promise<{ path: string; headers: Record<string, string>; body: string }> {
    const body = JSON.stringify(event)
    const timestamp = this.site.timeS()
    const signature = await signMessage({ id, timestamp, body, secrets: [this.signingSecret] })
    const kind = event.event === 'post.metadata' ? 'metadata' : 'status'
    return {
      path: `/api/v1/integration/webhooks/wordpress/${kind}/`,
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signature,
      },
      body,
    }
  }

  #newId(): string {
    const digits = Array.from({ length: 20 }, () => Math.floor(this.#random() * 36).toString(36))
    return `msg_${digits.join('')}`
  }
}
