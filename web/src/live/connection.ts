import type { ApiError } from '../api/errors.ts'
import type { LiveMessage } from '../api/types.ts'
import { backoff } from './backoff.ts'
import { Heartbeat } from './heartbeat.ts'
import type { LiveStatus } from './status.ts'

/** A connection that isn't `ready` by then is given up. */
const OPEN_MS = 10_000
/** A connection that held this long was a good one: the next loss starts with a short pause again. */
const STABLE_MS = 10_000
/** How long a page may be out of sight before its connection is given back. */
const HIDDEN_MS = 5 * 60_000
const NORMAL_CLOSURE = 1000

type Bye = Extract<LiveMessage, { type: 'bye' }>
type ByeCode = Bye['code']

/** What is known of a `bye` when only its close code arrived. */
const CODES: Record<number, ByeCode> = {
  1013: 'unavailable',
  4001: 'reauthorize',
  4003: 'access_ended',
  4004: 'integration_deleted',
}

interface LiveConnectionOptions {
  /** Address of the WebSocket; asked for each attempt. */
  url: () => string
  onMessage: (message: LiveMessage) => void
  onStatus: (status: LiveStatus) => void
  /**
   * Browsers don't tell why a WebSocket was refused. Asks the API the usual way: a refusal that stays one, or null when
   * another attempt may succeed.
   */
  whyRefused: () => Promise<ApiError | null>
}

/** Text of the server, if it is a message. */
function parseMessage(data: unknown): LiveMessage | null {
  if (typeof data !== 'string') return null
  try {
    const message: unknown = JSON.parse(data)
    return typeof message === 'object' && message !== null && 'type' in message ? (message as LiveMessage) : null
  } catch {
    return null
  }
}

/**
 * The one live connection of an integration. It comes back by itself after every loss (with growing pauses, at once when
 * the network is back or somebody looks at the page again), and stays away after a refusal or a farewell for good.
 */
export class LiveConnection {
  readonly #options: LiveConnectionOptions
  readonly #listeners = new AbortController()
  readonly #heartbeat: Heartbeat
  #socket: WebSocket | null = null
  #status: LiveStatus = { kind: 'connecting' }
  #isReady = false
  #bye: Bye | null = null
  #attempt = 0
  #openTimer: ReturnType<typeof setTimeout> | undefined
  #stableTimer: ReturnType<typeof setTimeout> | undefined
  #retryTimer: ReturnType<typeof setTimeout> | undefined
  #hiddenTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: LiveConnectionOptions) {
    this.#options = options
    this.#heartbeat = new Heartbeat(
      () => this.#socket?.send('ping'),
      () => this.#lose(),
    )
  }

  start(): void {
    const { signal } = this.#listeners
    window.addEventListener('online', () => this.retryNow(), { signal })
    window.addEventListener('offline', () => this.#isReady && this.#lose(), { signal })
    document.addEventListener('visibilitychange', () => this.#onVisibility(), { signal })
    this.#options.onStatus(this.#status)
    this.#open()
    this.#onVisibility()
  }

  /** Tries now instead of after the pause. */
  retryNow(): void {
    if (this.#status.kind === 'paused' || (this.#status.kind === 'reconnecting' && !this.#socket)) this.#open()
  }

  /** Ends it for good, without a word: the page goes away. */
  close(): void {
    this.#listeners.abort()
    this.#drop()
    clearTimeout(this.#hiddenTimer)
  }

  #set(status: LiveStatus): void {
    if (status.kind === this.#status.kind) return
    this.#status = status
    this.#options.onStatus(status)
  }

  #open(): void {
    this.#drop()
    const socket = new WebSocket(this.#options.url())
    this.#socket = socket
    this.#bye = null
    this.#openTimer = setTimeout(() => this.#lose(), OPEN_MS)
    // what an abandoned socket still says is nobody's business
    const isCurrent = () => this.#socket === socket
    socket.addEventListener('message', ({ data }) => isCurrent() && this.#receive(data))
    socket.addEventListener('close', ({ code }) => isCurrent() && this.#onClose(code))
  }

  /** Forgets the present socket and everything that was to happen with it. */
  #drop(): void {
    for (const timer of [this.#openTimer, this.#stableTimer, this.#retryTimer]) clearTimeout(timer)
    this.#heartbeat.stop()
    const socket = this.#socket
    this.#socket = null
    this.#isReady = false
    socket?.close(NORMAL_CLOSURE)
  }

  #receive(data: unknown): void {
    this.#heartbeat.heard()
    const message = parseMessage(data)
    if (!message) return
    if (message.type === 'bye') this.#bye = message
    if (message.type === 'ready') this.#onReady()
    this.#options.onMessage(message)
  }

  #onReady(): void {
    this.#isReady = true
    clearTimeout(this.#openTimer)
    this.#stableTimer = setTimeout(() => {
      this.#attempt = 0
    }, STABLE_MS)
    this.#heartbeat.start()
    this.#set({ kind: 'live' })
  }

  #onClose(closeCode: number): void {
    const code = this.#bye?.code ?? CODES[closeCode]
    if (code === 'access_ended' || code === 'integration_deleted' || code === 'message_refused')
      this.#end(this.#bye?.detail ?? code)
    // nobody is told of a connection that is only renewed, unless it was renewed just now
    else if (code === 'reauthorize' && this.#attempt === 0 && this.#isReady) {
      this.#attempt = 1
      this.#open()
    } else this.#lose()
  }

  #end(detail: string, problem: ApiError['problem'] | null = null): void {
    this.#drop()
    this.#set({ kind: 'ended', end: { detail, problem } })
  }

  /** The connection is gone, or was never made: says so, and tries again after a pause unless it would be in vain. */
  #lose(): void {
    const wasReady = this.#isReady
    this.#drop()
    this.#set({ kind: 'reconnecting', since: Date.now() })
    const attempt = this.#attempt
    this.#attempt += 1
    this.#retryTimer = setTimeout(() => this.#open(), backoff(attempt, Math.random()))
    if (!wasReady) void this.#askWhy()
  }

  async #askWhy(): Promise<void> {
    const refusal = await this.#options.whyRefused()
    const isWanted = this.#status.kind === 'reconnecting' && !this.#isReady && !this.#listeners.signal.aborted
    if (refusal && isWanted) this.#end(refusal.problem.detail, refusal.problem)
  }

  #onVisibility(): void {
    clearTimeout(this.#hiddenTimer)
    if (document.visibilityState === 'hidden') this.#hiddenTimer = setTimeout(() => this.#pause(), HIDDEN_MS)
    else if (this.#isReady) this.#heartbeat.beat()
    else this.retryNow()
  }

  #pause(): void {
    if (this.#status.kind === 'ended') return
    this.#drop()
    this.#attempt = 0
    this.#set({ kind: 'paused' })
  }
}
