/**
 * The project's Worker in the local runtime, with counters before it (../lib/counting.ts) and a clock that the lab moves.
 * Alarms are held until the lab fires them, so a day of a site takes seconds. Between two pieces of work that are more
 * than seconds apart, the site's object starts anew, as the platform's does.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Counted } from '../lib/counted.ts'
import { readCpuMs } from '../lib/process-usage.ts'
import type { Runtime } from '../lib/runtime.ts'
import { SIZES_EVERY_MS } from '../../src/services/shards/sizes.ts'
import { TICK_MS } from './assumptions.ts'
import { addCounted, nothing, type Operations, scale } from './operations.ts'

/** Background work of an answer has ended by then. */
const QUIET_MS = 40
const MOST_FIRINGS = 60
/** Processor time of a request where the system doesn't tell; it was half of this on Linux. */
const UNKNOWN_CPU_MS = 5

export type Json = Record<string, unknown>

export interface Sent {
  token?: string | null
  body?: unknown
  headers?: Record<string, string>
}

export interface Answered {
  headers: Record<string, string>
  body: string
}

/** Counts so far of one kind of work, and how often it was done. */
interface Tally {
  times: number
  operations: Operations
}

export class Lab {
  readonly runtime: Runtime
  readonly #url: URL
  readonly #tallies = new Map<string, Tally>()
  readonly #warm = new Map<string, number>()
  #offsetMs = 0
  #cpuMs = 0

  private constructor(runtime: Runtime, url: URL) {
    this.runtime = runtime
    this.#url = url
  }

  static async open(runtime: Runtime): Promise<Lab> {
    const lab = new Lab(runtime, await runtime.url('syncing'))
    await lab.advance(0)
    return lab
  }

  /** Milliseconds since 1970, by the clock of the lab. */
  now = (): number => Date.now() + this.#offsetMs

  async advance(ms: number): Promise<void> {
    this.#offsetMs += ms
    await this.#drive('/clock', { offsetMs: this.#offsetMs })
  }

  async #drive<T>(path: string, body: Json = {}): Promise<T> {
    const answer = await fetch(new URL(`/count${path}`, this.#url), { method: 'POST', body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as T
  }

  /** Work of the Worker: its processor time counts. */
  async #work<T>(work: () => Promise<T>): Promise<T> {
    const before = readCpuMs()
    try {
      return await work()
    } finally {
      const spentMs = readCpuMs() - before
      // where the system doesn't tell
      this.#cpuMs += Number.isNaN(spentMs) ? UNKNOWN_CPU_MS : spentMs
    }
  }

  /** Sends a request to the API; its answer must be a success. */
  async request(request: string, { token = null, body, headers = {} }: Sent = {}): Promise<Answered> {
    const [method = 'GET', path = ''] = request.split(' ')
    const sent = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...headers,
    }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const init = { method, headers: sent, ...(body !== undefined && { body: text }) }
    const answer = await this.#work(() => fetch(new URL(path, this.#url), init))
    const told = await answer.text()
    if (!answer.ok) throw new Error(`${request} answered ${answer.status}: ${told}`)
    return { headers: Object.fromEntries(answer.headers), body: told }
  }

  /** The same. @returns the parsed body; empty for none */
  async send(request: string, sent: Sent = {}): Promise<Json> {
    const { body } = await this.request(request, sent)
    return body === '' ? {} : (JSON.parse(body) as Json)
  }

  /** Opens a live connection and waits for its first state. @returns what closes it */
  async watch(path: string, token: string): Promise<() => Promise<void>> {
    const worker = await this.runtime.miniflare.getWorker('syncing')
    const headers = { upgrade: 'websocket', authorization: `Bearer ${token}` }
    const answer = await this.#work(() => worker.fetch(`https://api.igny8.com${path}`, { headers }))
    const socket = answer.webSocket
    if (!socket) throw new Error(`${path} answered ${answer.status} without a WebSocket: ${await answer.text()}`)
    const known = Promise.withResolvers<void>()
    socket.addEventListener('message', ({ data }) => {
      if (typeof data === 'string' && data.includes('"content_types"')) known.resolve()
    })
    socket.accept()
    await known.promise
    return async () => {
      socket.close(1000)
      await pause(QUIET_MS)
    }
  }

  /** Fires the site's alarm for as long as it is due. @returns when it is due next, in milliseconds since 1970 */
  async fire(siteId: string): Promise<number | null> {
    for (let firing = 0; firing < MOST_FIRINGS; firing++) {
      const { fired, next } = await this.#work(() =>
        this.#drive<{ fired: boolean; next: number | null }>('/alarm', { siteId }),
      )
      const waitMs = (next ?? Infinity) - this.now()
      // work that waits for its turn, or for a pause of a second
      if (waitMs > 2_000) return next
      if (waitMs > 0) await pause(waitMs + 1)
      else if (!fired) await pause(1)
    }
    throw new Error('The alarm does not come to rest')
  }

  /** Ends the site's instance, as seconds without a call do. */
  rest = (siteId: string): Promise<void> => this.#drive('/evict', { siteId })

  /** Runs a tick of the cron: in a minute in which it notes the sizes of the databases, or in another one. */
  async tick({ withSizes = false } = {}): Promise<void> {
    const past = this.now() % SIZES_EVERY_MS
    if (withSizes) await this.advance(SIZES_EVERY_MS - past)
    else if (past < TICK_MS) await this.advance(TICK_MS)
    await this.#work(() => this.#drive<void>('/cron'))
  }

  enablePolling = (site: Json): Promise<void> => this.#drive('/polling', { ...site, keyId: null, requestId: 'req_lab' })

  async #take(): Promise<{ counted: Counted; cpuMs: number }> {
    await pause(QUIET_MS)
    const counted = await this.#drive<Counted>('')
    const cpuMs = this.#cpuMs
    this.#cpuMs = 0
    return { counted, cpuMs }
  }

  /** Forgets what was counted until now. */
  async forget(): Promise<void> {
    await this.#take()
  }

  /**
   * Adds what was counted since the last time to a kind of work.
   * @param kind its name, or what names it by what was counted
   * @param times how often it was done, likewise
   */
  async note(
    kind: string | ((counted: Counted) => string),
    times: number | ((counted: Counted) => number) = 1,
  ): Promise<void> {
    const { counted, cpuMs } = await this.#take()
    const name = typeof kind === 'string' ? kind : kind(counted)
    const before = this.#tallies.get(name) ?? { times: 0, operations: nothing() }
    const operations = addCounted(before.operations, counted)
    operations.cpuMs += cpuMs
    operations.workerCpuMs += cpuMs
    this.#tallies.set(name, { times: before.times + (typeof times === 'number' ? times : times(counted)), operations })
  }

  /** Says what processor time one piece of a kind takes where nothing has to start; measured since the last note. */
  async noteWarm(kind: string, times: number): Promise<void> {
    const { cpuMs } = await this.#take()
    this.#warm.set(kind, cpuMs / times)
  }

  /** Averages of each kind that was noted; starts anew. */
  close(): Record<string, Operations> {
    const averages = [...this.#tallies].map(([name, { times, operations }]): [string, Operations] => {
      const average = scale(operations, 1 / times)
      return [name, { ...average, workerCpuMs: this.#warm.get(name) ?? average.workerCpuMs }]
    })
    this.#tallies.clear()
    this.#warm.clear()
    return Object.fromEntries(averages)
  }
}
