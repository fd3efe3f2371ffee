import type { ApiError } from '../api/errors.ts'
import type { LiveMessage } from '../api/types.ts'
import { backoff } from './backoff.ts'
import { Heartbeat } from './heartbeat.ts'
import type { LiveStatus } from './status.ts'

/** A connection that isn't `ready` after this time is closed. */
const OPEN_MS = 10_000
/** After this time a connection counts as stable, and the next loss starts with a short pause again. */
const STABLE_MS = 10_000
/** A page hidden for this long closes its connection. */
const HIDDEN_MS = 5 * 60_000
const NORMAL_CLOSURE = 1000

type Bye = Extract<LiveMessage, { type: 'bye' }>
type ByeCode = Bye['code']

/** Code of a `bye` by close code, if the message itself got lost. */
const CODES: Record<number, ByeCode> = {
  1013: 'unavailable',
  4001: 'reauthorize',
  4003: 'access_ended',
  4004: 'integration_deleted',
}

interface LiveConnectionOptions {
  /** URL of the WebSocket, read for each attempt. */
  url: () => string
  onMessage: (message: LiveMessage) => void
  onStatus: (status: LiveStatus) => void
  /**
   * Asks the API why the WebSocket was refused, since browsers don't say. Null if another attempt may succeed.
   */
  whyRefused: () => Promise<ApiError | null>
}

/** Parses a message of the server; null if it is not one. */
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
 * The live connection of an integration. After a loss it reconnects with growing pauses, and at once when the network is back or
 * the page becomes visible. After a final refusal or `bye` it stays closed.
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

  /** Connects now instead of after the pause. */
  retryNow(): void {
    if (this.#status.kind === 'paused' || (this.#status.kind === 'reconnecting' && !this.#socket)) this.#open()
  }

  /** Closes the connection for good, when the page is left. */
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
    // ignores events of a socket that was replaced
    const isCurrent = () => this.#socket === socket
    socket.addEventListener('message', ({ data }) => isCurrent() && this.#receive(data))
    socket.addEventListener('close', ({ code }) => isCurrent() && this.#onClose(code))
  }

  /** Closes the current socket and clears its timers. */
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
    // reconnects without showing it, unless it was renewed just before
    else if (code === 'reauthorize' && this.#attempt === 0 && this.#isReady) {
      this.#attempt = 1
      this.#open()
    } else this.#lose()
  }

  #end(detail: string, problem: ApiError['problem'] | null = null): void {
    this.#drop()
    this.#set({ kind: 'ended', end: { detail, problem } })
  }

  /** The connection was lost or not made: shows this, and connects again after a pause unless the API refuses for good. */
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
