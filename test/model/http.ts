import { echoOf } from './commands/echo.ts'
import type { Command } from '../../src/contract/link.ts'
import { html, json, NoAnswer, restError, spoil, type ModelAnswer } from './answers.ts'
import { Context } from './context.ts'
import { SiteDied, type Executor } from './executor.ts'
import { PAGES, type Fault, type Faults, type SeenRequest } from './faults.ts'
import { admit, readBatch, signAnswer } from './gate.ts'
import type { Site } from './site.ts'
import { byteLength } from './text.ts'

export interface ModelRequest {
  method: string
  url: string
  headers: Headers
  body: string
  signal: AbortSignal | null
}

/** Waits on the test's clock. */
export type Sleep = (ms: number, signal: AbortSignal | null) => Promise<void>

export interface Statistics {
  requests: number
  bytesIn: number
  bytesOut: number
  /** Highest number of concurrent requests. */
  maxParallel: number
}

const COMMANDS_ROUTE = '/igny8/v1/commands'

/** The REST route that a URL asks for, with pretty or plain permalinks; null for a page. */
function routeOf(url: URL, base: string): string | null {
  const plain = url.searchParams.get('rest_route')
  if (plain !== null) return plain
  const path = url.pathname.slice(base.length)
  return path === '/wp-json' || path.startsWith('/wp-json/') ? path.slice('/wp-json'.length) || '/' : null
}

/** Faults whose answer something in front of WordPress sends, unless `when` says otherwise. */
const IN_FRONT = new Set<Fault['kind']>(['html', 'captcha', 'login', 'status', 'rest_error', 'late'])

function isBefore(fault: Fault | null): boolean {
  if (fault === null) return false
  return 'when' in fault && fault.when ? fault.when === 'before' : IN_FRONT.has(fault.kind)
}

/** The web server of the model: pages, the REST index, the command endpoint, and their faults. */
export class HttpSide {
  readonly stats: Statistics = { requests: 0, bytesIn: 0, bytesOut: 0, maxParallel: 0 }
  faults: Faults = {}
  /** Secrets that are valid now, the newest first. */
  signingSecrets: string[]
  isPluginActive = true
  readonly #site: Site
  readonly #executor: Executor
  readonly #sleep: Sleep | null
  readonly #afterRequest: () => void
  readonly #late: ModelRequest[] = []
  #parallel = 0

  constructor(options: {
    site: Site
    executor: Executor
    secrets: string[]
    sleep: Sleep | null
    afterRequest: () => void
  }) {
    this.#site = options.site
    this.#executor = options.executor
    this.signingSecrets = options.secrets
    this.#sleep = options.sleep
    this.#afterRequest = options.afterRequest
  }

  /** Answers a request, or throws NoAnswer. */
  async handle(request: ModelRequest): Promise<ModelAnswer> {
    const { stats } = this
    stats.requests++
    stats.bytesIn += byteLength(request.body)
    stats.maxParallel = Math.max(stats.maxParallel, ++this.#parallel)
    try {
      const answer = await this.#answer(request)
      stats.bytesOut += answer.cutAt ?? (typeof answer.body === 'string' ? byteLength(answer.body) : answer.body.length)
      return answer
    } finally {
      this.#parallel--
    }
  }

  /** Delivers delayed requests; nobody waits for their answers. */
  async deliverLate(): Promise<number> {
    const requests = this.#late.splice(0)
    for (const request of requests) await this.#serve(request, await this.#see(request), null)
    return requests.length
  }

  async #see({ method, url, body }: ModelRequest): Promise<SeenRequest> {
    const number = this.stats.requests
    const commands: Command[] = (await readBatch(body))?.commands ?? []
    return { number, method, path: new URL(url).pathname, commands }
  }

  async #answer(request: ModelRequest): Promise<ModelAnswer> {
    const seen = await this.#see(request)
    const fault = this.faults.request?.(seen) ?? null
    if (fault?.kind === 'slow') await this.#sleep?.(fault.ms, request.signal)
    if (fault?.kind === 'late') this.#late.push(request)
    if (isBefore(fault)) return this.#fail(fault, request, html(200, ''))
    const answer = await this.#serve(request, seen, fault)
    const last = fault?.kind === 'doubled' ? await this.#serve(request, seen, null) : answer
    return fault ? this.#fail(fault, request, last) : last
  }

  /** Replaces the answer if the fault concerns it. */
  async #fail(fault: Fault | null, { signal }: ModelRequest, answer: ModelAnswer): Promise<ModelAnswer> {
    if (fault?.kind === 'reset' || fault?.kind === 'late') throw new NoAnswer(false)
    if (fault?.kind === 'timeout') return this.#stayAway(signal, fault.afterMs)
    return fault ? spoil(fault, answer) : answer
  }

  #stayAway(signal: AbortSignal | null, afterMs: number | undefined): Promise<never> {
    return new Promise((_, reject) => {
      const fail = () => reject(new NoAnswer(true))
      if (signal?.aborted) fail()
      signal?.addEventListener('abort', fail, { once: true })
      if (afterMs !== undefined) void this.#sleep?.(afterMs, signal).then(fail, fail)
    })
  }

  async #serve(request: ModelRequest, seen: SeenRequest, fault: Fault | null): Promise<ModelAnswer> {
    const { url: home, options } = this.#site
    const root = options['permalinks'] === 'plain' ? `${home}/index.php?rest_route=/` : `${home}/wp-json/`
    const route = routeOf(new URL(request.url), new URL(home).pathname.replace(/\/$/, ''))
    if (route === null) {
      const head = `<link rel="https://api.w.org/" href="${root}"><link rel="stylesheet" href="/wp-content/x.css">`
      return html(200, `<!doctype html><html><head>${head}</head></html>`, {
        link: `<${root}>; rel="https://api.w.org/"`,
      })
    }
    if (route === '/') {
      const namespaces = ['oembed/1.0', 'wp/v2', ...(this.isPluginActive ? ['igny8/v1'] : [])]
      return json(200, { name: 'Model', home, url: home, namespaces })
    }
    const isCommands =
      this.isPluginActive && route.replace(/\/$/, '').toLowerCase() === COMMANDS_ROUTE && request.method === 'POST'
    if (isCommands) return this.#execute(request, seen, fault)
    return restError(404, 'rest_no_route', 'No route was found matching the URL and request method.')
  }

  async #execute(request: ModelRequest, seen: SeenRequest, fault: Fault | null): Promise<ModelAnswer> {
    const { headers, body, signal } = request
    const admitted = await admit(headers, body, this.signingSecrets, this.#site.timeS())
    if ('status' in admitted) return admitted
    const batch = await readBatch(body)
    if (!batch) return restError(400, 'igny8_body_invalid', 'The body is not a batch of commands.')
    const own = this.#executor.integrationId
    if (own !== null && own !== batch.integrationId) {
      return restError(409, 'igny8_other_integration', 'This site is connected to another integration.')
    }
    const context = new Context(batch.timeMs, batch.maxBytes, [...headers.keys()].sort())
    if (seen.commands.some(({ name }) => name === 'echo')) context.echo = await echoOf(request, context.headerNames)
    try {
      const text = this.#executor.execute(seen, context, this.faults)
      if (context.elapsedMs > 0) await this.#sleep?.(context.elapsedMs, signal)
      return await signAnswer(text, admitted, this.#site.timeS(), fault)
    } catch (error) {
      if (error instanceof SiteDied) return html(500, PAGES.error)
      throw error
    } finally {
      this.#afterRequest()
    }
  }
}
