import { reset } from 'cloudflare:test'
import { afterAll, onTestFinished, vi } from 'vitest'
import { CommandBatch, type CommandAnswer, type StatusData } from '../../src/contract/link.ts'
import type { Structure } from '../../src/contract/structure.ts'
import { COMMAND_NAMES } from '../model/commands/describe.ts'
import { echoOf } from '../model/commands/echo.ts'
import { Context } from '../model/context.ts'
import { Executor } from '../model/executor.ts'
import { Site } from '../model/site.ts'
import { createSigningSecret, signMessage, verifyMessage } from '../../src/lib/signature.ts'

/** How a model site misbehaves. */
export type Fault =
  | { kind: 'no_plugin' | 'html' | 'hang' | 'wrong_signature' | 'not_connected' }
  /** `requests`: so many are lost, then the site is well. */
  | { kind: 'down'; requests?: number }
  | { kind: 'status'; status: number; headers?: Record<string, string> }

export interface SeenRequest {
  method: string
  path: string
  headers: Headers
  body: string
  signal: AbortSignal | null
}

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers: { 'content-type': 'application/json', ...headers } })

const restError = (code: string, status: number) => json({ code, message: code, data: { status } }, status)

const page = (status = 200) =>
  new Response('<!doctype html><html><title>Hello</title><p>Just a page</html>', {
    status,
    headers: { 'content-type': 'text/html' },
  })

function statusOf(url: string): StatusData {
  return {
    plugin_version: '0.2.0',
    wp_version: '6.5.5',
    php_version: '8.2.7',
    db: 'sqlite 3.40',
    home_url: url,
    site_url: url,
    rest_root: `${url}/wp-json/`,
    permalinks: 'pretty',
    multisite: false,
    locale: 'en_US',
    timezone: '+00:00',
    time: Math.floor(Date.now() / 1000),
    memory_limit_mb: 256,
    max_execution_s: 30,
    cron: { disabled: false, last_run_at: null, next_structure_at: null },
    integration_id: null,
    last_structure_sync_at: null,
    last_error: null,
    plugin_connection_enabled: true,
    two_way_sync_enabled: true,
    received_headers: ['content-type', 'webhook-id'],
    commands: [...COMMAND_NAMES],
  }
}

/** What a small site reports. */
export const sampleStructure = (): Structure => ({
  post_types: {
    post: { label: 'Posts', count: 123, enabled: true },
    page: { label: 'Pages', count: 12, enabled: true },
    product: { label: 'Products', count: 7, enabled: false },
  },
  taxonomies: { category: { label: 'Categories', count: 9, enabled: true, post_types: ['post'] } },
  plugin_connection_enabled: true,
  two_way_sync_enabled: true,
})

/** A model of a WordPress site with the plugin, at the level of HTTP. Tests may change its fields at any time. */
export class ModelSite {
  readonly url: string
  signingSecret = createSigningSecret()
  /** Sent with requests that are not answered yet; the plugin accepts them, too. */
  readonly pendingSecrets: string[] = []
  status: StatusData
  structure: Structure = sampleStructure()
  /** Posts and terms; empty at first. */
  readonly content: Site
  fault: Fault | null = null
  /** All requests, in order. */
  readonly requests: SeenRequest[] = []
  /** Executed commands, in order. */
  readonly executed: string[] = []
  /** The highest number of concurrent requests. */
  maxParallel = 0
  #parallel = 0
  readonly #executor: Executor
  #gate: Promise<void> = Promise.resolve()

  constructor(url: string) {
    this.url = url
    this.status = statusOf(url)
    this.content = new Site({ url, now: () => Date.now() })
    this.#executor = new Executor(this.content)
  }

  /** Holds requests until the returned function is called. */
  hold(): () => void {
    let open: () => void = () => undefined
    this.#gate = new Promise((resolve) => (open = resolve))
    return open
  }

  async answer(seen: SeenRequest): Promise<Response> {
    this.requests.push(seen)
    this.maxParallel = Math.max(this.maxParallel, ++this.#parallel)
    try {
      await this.#gate
      return (await this.#misbehave(seen)) ?? (await this.#serve(seen))
    } finally {
      this.#parallel--
    }
  }

  async #misbehave({ path, signal }: SeenRequest): Promise<Response | null> {
    const { fault } = this
    if (fault?.kind === 'down') {
      if (fault.requests !== undefined && --fault.requests === 0) this.fault = null
      throw new TypeError('Network connection lost.')
    }
    if (fault?.kind === 'hang') return hang(signal)
    if (fault?.kind === 'html') return page()
    if (fault?.kind === 'status') return new Response('Sorry', { status: fault.status, headers: fault.headers ?? {} })
    if (fault?.kind === 'no_plugin' && path.startsWith('/wp-json/igny8')) return restError('rest_no_route', 404)
    return null
  }

  async #serve(seen: SeenRequest): Promise<Response> {
    if (seen.path === '/wp-json/') {
      const namespaces = this.fault?.kind === 'no_plugin' ? ['wp/v2'] : ['wp/v2', 'igny8/v1']
      return json({ name: 'Model', home: this.url, namespaces })
    }
    if (seen.path === '/wp-json/igny8/v1/commands' && seen.method === 'POST') return this.#execute(seen)
    if (seen.path.startsWith('/wp-json/')) return restError('rest_no_route', 404)
    const head = `<link rel="https://api.w.org/" href="${this.url}/wp-json/">`
    return new Response(`<!doctype html><html><head>${head}</head></html>`, {
      headers: { 'content-type': 'text/html', link: `<${this.url}/wp-json/>; rel="https://api.w.org/"` },
    })
  }

  async #execute({ method, path, headers, body }: SeenRequest): Promise<Response> {
    const echo = await echoOf({ method, url: this.url + path, body }, [...headers.keys()].sort())
    if (this.fault?.kind === 'not_connected') return restError('igny8_not_connected', 409)
    const nowS = Math.floor(Date.now() / 1000)
    const known = [this.signingSecret, ...this.pendingSecrets]
    const tried = await Promise.all(
      known.map((secret) => verifyMessage({ headers, body, secrets: [secret], nowS, label: 'commands' })),
    )
    // like the plugin: the secret that signed the request signs the answer
    const signedBy = known[tried.findIndex(({ ok }) => ok)] ?? this.signingSecret
    const [verified] = [tried.find(({ ok }) => ok) ?? tried[0]]
    if (!verified?.ok) return restError(`igny8_${verified?.reason}`, 401)
    const batch = CommandBatch.parse(JSON.parse(body))
    const results = batch.commands.map((command) => {
      const { id, name } = command
      this.executed.push(name)
      if (name === 'status') return { id, ok: true, data: { ...this.status, time: nowS }, took_ms: 1 }
      if (name === 'structure') return { id, ok: true, data: this.structure, took_ms: 1 }
      const context = new Context(batch.time_ms, batch.max_bytes, [])
      context.echo = echo
      const request = { number: this.requests.length, method, path, commands: [command] }
      return (JSON.parse(this.#executor.execute(request, context, {})) as CommandAnswer).results[0]
    })
    const text = JSON.stringify({ protocol: 1, results })
    const secrets = [this.fault?.kind === 'wrong_signature' ? createSigningSecret() : signedBy]
    const signature = await signMessage({
      id: verified.id,
      timestamp: nowS,
      body: text,
      secrets,
      label: 'commands-answer',
    })
    return new Response(text, {
      headers: {
        'content-type': 'application/json',
        'webhook-id': verified.id,
        'webhook-timestamp': String(nowS),
        'webhook-signature': signature,
      },
    })
  }
}

/** Never answers; fails as `fetch` does when its signal fires. */
function hang(signal: AbortSignal | null): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
    if (signal?.aborted) fail()
    else signal?.addEventListener('abort', fail)
  })
}

const internet = new Map<string, { answer: (seen: SeenRequest) => Promise<Response> }>()

/** The model site at this address; undefined if there is none. */
export function modelSiteAt(url: string): ModelSite | undefined {
  const site = internet.get(new URL(url).origin)
  return site instanceof ModelSite ? site : undefined
}
let made = 0

async function modelFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init)
  const url = new URL(request.url)
  const site = internet.get(url.origin)
  if (!site) throw new TypeError('DNS lookup failed.')
  const body = await request.text()
  return site.answer({
    method: request.method,
    path: url.pathname,
    headers: request.headers,
    body,
    signal: init?.signal ?? null,
  })
}

// unfinished runs would outlive the model and call the real internet
afterAll(() => reset(), 120_000)

/**
 * Replaces the internet by model sites, for the rest of the file, because runs outlive the test that started them. Any
 * other host has no DNS record, so nothing leaves the machine.
 */
export function playInternet(): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(modelFetch)
}

/** Adds a site to the model internet. */
export function startModelSite(url = `https://site-${++made}.example.com`): ModelSite {
  const site = new ModelSite(url)
  internet.set(new URL(url).origin, site)
  return site
}

/** Adds any other server to the model internet. */
export const startModelServer = (origin: string, answer: (seen: SeenRequest) => Promise<Response>) =>
  internet.set(origin, { answer })

/** The shortest time-out of a request to a site. */
const LINK_TIMEOUT_MS = 9_000

/** Until the test ends, time-outs of outgoing requests (and timers as long) fire after this instead of seconds. */
export function shortenTimeouts(ms = 30, fromMs = LINK_TIMEOUT_MS): void {
  const start = globalThis.setTimeout
  const shortened = (work: () => void, delayMs = 0) => start(work, delayMs >= fromMs ? ms : delayMs)
  const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(shortened as typeof setTimeout)
  onTestFinished(() => spy.mockRestore())
}
