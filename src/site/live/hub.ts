/**
 * The live connections of a site: WebSockets over which the web app receives changes as they happen.
 *
 * Every change of a run, an item or the integration's row is passed to `publish`, which costs nothing while nobody is
 * connected. The outbox collects changes; a round sends them, at most five times a second. Runs and items are read from
 * the object's database, the integration and its events from D1. The integration is sent only
 * if it differs from the last one sent; a new connection first receives the full state.
 *
 * The sockets hibernate: the object may leave memory while they stay open. What a connection needs to remember (its
 * subscriber and the events already sent) is in the socket's attachment.
 */
import { LIVE_CLOSE, LIVE_PING, type LiveCloseReason, type LiveMessage, type LiveState } from '../../contract/live.ts'
import { log } from '../../lib/log.ts'
import { LiveOutbox, type LiveChange } from './outbox.ts'
import { SUBSCRIBER_HEADER, type Subscriber } from '../rpc.ts'
import type { SiteStore } from '../replica/store.ts'

/** Live connections that a site may have at once. */
const MAX_SUBSCRIBERS = 100
const TOO_MANY_REQUESTS = 429
/** Several machines write events, so an event may become visible this much after it finished. */
const OVERLAP_MS = 5_000
/** How many sent events a connection remembers, so that none within the overlap is sent twice. */
const MAX_SENT_EVENTS = 50

const CLOSE_DETAILS: Record<LiveCloseReason, string> = {
  message_refused: 'This connection takes no messages but ping.',
  unavailable: 'The state could not be read; connect again in a moment.',
  reauthorize: 'Access must be checked again; connect again.',
  access_ended: 'The API key was revoked.',
  integration_deleted: 'The integration was deleted.',
}

/** State of a connection, kept with its socket while the object hibernates. */
interface Attachment extends Subscriber {
  /** Whether the full state was not sent yet. */
  isNew: boolean
  /** Events that finished before this time are not sent; milliseconds since 1970. */
  eventsSince: number
  /** Ids of later events that were sent already. */
  sentEvents: string[]
}

interface Socket {
  socket: WebSocket
  state: Attachment
}

export interface LiveSource {
  store: () => SiteStore
  read: (subscriber: Subscriber, eventsSince: number) => Promise<LiveState | null>
}

/** The integration without counts and update time: those change often and are sent as content types. */
function stateOf({ updated_at: _updatedAt, config_json, ...rest }: LiveState['integration']): string {
  const { content_types: _contentTypes, ...config } = config_json
  return JSON.stringify({ ...rest, config })
}

/** Accepts live connections and sends them what changed. */
export class LiveHub {
  readonly #sockets: DurableObjectState
  readonly #source: LiveSource
  readonly #outbox = new LiveOutbox()
  /** The content sent last, by integration id. */
  readonly #lastSent = new Map<string, { contentTypes: string; integration: string }>()
  #isBusy = false

  constructor(state: DurableObjectState, source: LiveSource) {
    this.#sockets = state
    this.#source = source
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair(LIVE_PING.request, LIVE_PING.response))
  }

  /** Accepts a subscriber; the Worker has authorised the request. */
  accept(request: Request): Response {
    if (this.#open().length >= MAX_SUBSCRIBERS) return new Response(null, { status: TOO_MANY_REQUESTS })
    const subscriber = JSON.parse(request.headers.get(SUBSCRIBER_HEADER) ?? '') as Subscriber
    const { 0: client, 1: server } = new WebSocketPair()
    const now = Date.now()
    this.#sockets.acceptWebSocket(server)
    server.serializeAttachment({
      ...subscriber,
      isNew: true,
      eventsSince: now - OVERLAP_MS,
      sentEvents: [],
    } satisfies Attachment)
    send(server, { type: 'ready', as_of: new Date(now).toISOString() })
    this.publish({ row: true })
    return new Response(null, { status: 101, webSocket: client })
  }

  /** Whether anybody is connected. */
  get isWatched(): boolean {
    return this.#sockets.getWebSockets().length > 0
  }

  /** Publishes a change with the next round. May be called inside a transaction. */
  publish(change: LiveChange): void {
    if (!this.isWatched) return
    this.#outbox.add(change)
    this.#schedule()
  }

  /** Closes the matching connections; all of them without a filter. */
  close(reason: LiveCloseReason, matches: (subscriber: Subscriber) => boolean = () => true): void {
    for (const { socket, state } of this.#open()) if (matches(state)) closeSocket(socket, reason)
  }

  #schedule(): void {
    if (this.#isBusy) return
    this.#isBusy = true
    setTimeout(() => void this.#round(), this.#outbox.delay(Date.now()))
  }

  /** The open sockets whose authorisation is still valid; others are closed. */
  #open(): Socket[] {
    const now = Date.now()
    return this.#sockets.getWebSockets().flatMap((socket) => {
      if (socket.readyState !== WebSocket.OPEN) return []
      const state = socket.deserializeAttachment() as Attachment
      if (state.until > now) return [{ socket, state }]
      closeSocket(socket, 'reauthorize')
      return []
    })
  }

  async #round(): Promise<void> {
    try {
      const { runs, items, more, row } = this.#outbox.take(Date.now())
      for (const id of runs) this.#sendRun(id)
      if (items.length > 0) this.#send({ type: 'items', ids: items, more })
      if (row) await this.#sendState()
    } catch (cause) {
      log.warn('live update failed', { cause })
      this.close('unavailable')
    } finally {
      this.#isBusy = false
      if (!this.#outbox.isEmpty) this.#schedule()
    }
  }

  #send(message: LiveMessage, matches: (subscriber: Subscriber) => boolean = () => true): void {
    const text = JSON.stringify(message)
    for (const { socket, state } of this.#open()) if (matches(state)) sendText(socket, text)
  }

  #sendRun(id: string): void {
    const found = this.#source.store().runs.find(id)
    if (found) this.#send({ type: 'run', run: found.run }, ({ integrationId }) => integrationId === found.integrationId)
  }

  async #sendState(): Promise<void> {
    for (const [integrationId, sockets] of Map.groupBy(this.#open(), ({ state }) => state.integrationId)) {
      const [first] = sockets
      if (!first) continue
      const readAt = Date.now()
      const since = Math.min(...sockets.map(({ state }) => state.eventsSince))
      const read = await this.#source.read(first.state, since)
      if (read) this.#sendChanges(integrationId, sockets, read, readAt)
      else for (const { socket } of sockets) closeSocket(socket, 'integration_deleted')
    }
  }

  #sendChanges(integrationId: string, sockets: Socket[], read: LiveState, readAt: number): void {
    const before = this.#lastSent.get(integrationId)
    const now = { contentTypes: JSON.stringify(read.contentTypes), integration: stateOf(read.integration) }
    this.#lastSent.set(integrationId, now)
    const { currentRun } = this.#source.store().runsState(readAt, integrationId)
    for (const { socket, state } of sockets) {
      const { isNew } = state
      if (isNew || now.contentTypes !== before?.contentTypes)
        send(socket, { type: 'content_types', content_types: read.contentTypes })
      if (isNew || now.integration !== before?.integration)
        send(socket, { type: 'integration', integration: read.integration })
      if (isNew && currentRun) send(socket, { type: 'run', run: currentRun })
      const fresh = read.events.filter(
        ({ id, finished_at }) => Date.parse(finished_at) >= state.eventsSince && !state.sentEvents.includes(id),
      )
      for (const event of fresh) send(socket, { type: 'event', event })
      const sentEvents = [...state.sentEvents, ...fresh.map(({ id }) => id)].slice(-MAX_SENT_EVENTS)
      const eventsSince = Math.max(state.eventsSince, readAt - OVERLAP_MS)
      socket.serializeAttachment({ ...state, isNew: false, eventsSince, sentEvents } satisfies Attachment)
    }
  }
}

/** Closes a connection; its last message is the reason. */
export function closeSocket(socket: WebSocket, reason: LiveCloseReason): void {
  const detail = CLOSE_DETAILS[reason]
  send(socket, { type: 'bye', code: reason, detail })
  try {
    socket.close(LIVE_CLOSE[reason], detail)
  } catch (cause) {
    log.warn('connection not closed', { cause })
  }
}

const send = (socket: WebSocket, message: LiveMessage) => sendText(socket, JSON.stringify(message))

/** Sends to a socket that may just have been closed by the client. */
function sendText(socket: WebSocket, text: string): void {
  try {
    socket.send(text)
  } catch (cause) {
    log.info('live connection is gone', { cause })
  }
}
