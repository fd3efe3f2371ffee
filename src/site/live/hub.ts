import { LIVE_CLOSE, LIVE_PING, type LiveCloseReason, type LiveMessage, type LiveState } from '../../contract/live.ts'
import { log } from '../../lib/log.ts'
import { LiveOutbox, type LiveChange } from './outbox.ts'
import { WATCHER_HEADER, type Watcher } from '../rpc.ts'
import type { SiteStore } from '../replica/store.ts'

/** Watchers that a site may have at once. */
const MAX_WATCHERS = 100
const TOO_MANY = 429
/** Events are written by several machines: one may come in after another that its id follows. */
const OVERLAP_MS = 5_000
/** Ids of events that a watcher was told within the overlap. */
const REMEMBERED_EVENTS = 50

const FAREWELLS: Record<LiveCloseReason, string> = {
  message_refused: 'This connection takes no messages but ping.',
  unavailable: 'The state could not be read; connect again in a moment.',
  reauthorize: 'Access is checked anew; connect again.',
  access_ended: 'The API key was revoked.',
  integration_deleted: 'The integration was deleted.',
}

/** What a socket remembers, also while the object is not in memory. */
interface Attachment extends Watcher {
  /** Not told the state yet. */
  isNew: boolean
  /** From when on events are told; milliseconds since 1970. */
  eventsSince: number
  /** Events after that moment that were told already. */
  told: string[]
}

interface Socket {
  socket: WebSocket
  state: Attachment
}

export interface LiveSource {
  store: () => SiteStore
  read: (integrationRef: Watcher, eventsSince: number) => Promise<LiveState | null>
}

/** Without what changes with every count: that is told as content types. */
function stateOf({ updated_at: _updatedAt, config_json, ...rest }: LiveState['integration']): string {
  const { content_types: _contentTypes, ...config } = config_json
  return JSON.stringify({ ...rest, config })
}

/** The live connections of a site: hibernating WebSockets, to which everything that changes is told in rounds. */
export class LiveHub {
  readonly #sockets: DurableObjectState
  readonly #source: LiveSource
  readonly #outbox = new LiveOutbox()
  /** What was told last, by integration. */
  readonly #last = new Map<string, { contentTypes: string; integration: string }>()
  #isBusy = false

  constructor(state: DurableObjectState, source: LiveSource) {
    this.#sockets = state
    this.#source = source
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair(LIVE_PING.request, LIVE_PING.response))
  }

  /** Takes in a watcher whom the Worker has authorised. */
  accept(request: Request): Response {
    if (this.#open().length >= MAX_WATCHERS) return new Response(null, { status: TOO_MANY })
    const watcher = JSON.parse(request.headers.get(WATCHER_HEADER) ?? '') as Watcher
    const { 0: client, 1: server } = new WebSocketPair()
    const now = Date.now()
    this.#sockets.acceptWebSocket(server)
    server.serializeAttachment({
      ...watcher,
      isNew: true,
      eventsSince: now - OVERLAP_MS,
      told: [],
    } satisfies Attachment)
    send(server, { type: 'ready', as_of: new Date(now).toISOString() })
    this.note({ row: true })
    return new Response(null, { status: 101, webSocket: client })
  }

  /** Something changed. Costs nothing while nobody watches; may be called inside a transaction. */
  note(change: LiveChange): void {
    if (this.#sockets.getWebSockets().length === 0) return
    this.#outbox.add(change)
    this.#schedule()
  }

  /** Ends connections, with the reason. */
  close(reason: LiveCloseReason, isMeant: (watcher: Watcher) => boolean = () => true): void {
    for (const { socket, state } of this.#open()) if (isMeant(state)) end(socket, reason)
  }

  #schedule(): void {
    if (this.#isBusy) return
    this.#isBusy = true
    setTimeout(() => void this.#round(), this.#outbox.delay(Date.now()))
  }

  /** The sockets that are open and still allowed; the others are closed on the way. */
  #open(): Socket[] {
    const now = Date.now()
    return this.#sockets.getWebSockets().flatMap((socket) => {
      if (socket.readyState !== WebSocket.OPEN) return []
      const state = socket.deserializeAttachment() as Attachment
      if (state.until > now) return [{ socket, state }]
      end(socket, 'reauthorize')
      return []
    })
  }

  async #round(): Promise<void> {
    try {
      const { runs, items, more, row } = this.#outbox.take(Date.now())
      for (const id of runs) this.#tellRun(id)
      if (items.length > 0) this.#tell({ type: 'items', ids: items, more })
      if (row) await this.#tellState()
    } catch (cause) {
      log.warn('watchers not told', { cause })
      this.close('unavailable')
    } finally {
      this.#isBusy = false
      if (!this.#outbox.isEmpty) this.#schedule()
    }
  }

  #tell(message: LiveMessage, isMeant: (watcher: Watcher) => boolean = () => true): void {
    const text = JSON.stringify(message)
    for (const { socket, state } of this.#open()) if (isMeant(state)) sendText(socket, text)
  }

  #tellRun(id: string): void {
    const found = this.#source.store().runs.find(id)
    if (found) this.#tell({ type: 'run', run: found.run }, ({ integrationId }) => integrationId === found.integrationId)
  }

  async #tellState(): Promise<void> {
    for (const [integrationId, sockets] of Map.groupBy(this.#open(), ({ state }) => state.integrationId)) {
      const [first] = sockets
      if (!first) continue
      const readAt = Date.now()
      const since = Math.min(...sockets.map(({ state }) => state.eventsSince))
      const read = await this.#source.read(first.state, since)
      if (read) this.#tellRead(integrationId, sockets, read, readAt)
      else for (const { socket } of sockets) end(socket, 'integration_deleted')
    }
  }

  #tellRead(integrationId: string, sockets: Socket[], read: LiveState, readAt: number): void {
    const before = this.#last.get(integrationId)
    const now = { contentTypes: JSON.stringify(read.contentTypes), integration: stateOf(read.integration) }
    this.#last.set(integrationId, now)
    const { currentRun } = this.#source.store().runsState(readAt, integrationId)
    for (const { socket, state } of sockets) {
      const { isNew } = state
      if (isNew || now.contentTypes !== before?.contentTypes)
        send(socket, { type: 'content_types', content_types: read.contentTypes })
      if (isNew || now.integration !== before?.integration)
        send(socket, { type: 'integration', integration: read.integration })
      if (isNew && currentRun) send(socket, { type: 'run', run: currentRun })
      const fresh = read.events.filter(
        ({ id, finished_at }) => Date.parse(finished_at) >= state.eventsSince && !state.told.includes(id),
      )
      for (const event of fresh) send(socket, { type: 'event', event })
      const told = [...state.told, ...fresh.map(({ id }) => id)].slice(-REMEMBERED_EVENTS)
      const eventsSince = Math.max(state.eventsSince, readAt - OVERLAP_MS)
      socket.serializeAttachment({ ...state, isNew: false, eventsSince, told } satisfies Attachment)
    }
  }
}

/** Ends a connection, with the reason as its last message. */
export function end(socket: WebSocket, reason: LiveCloseReason): void {
  const detail = FAREWELLS[reason]
  send(socket, { type: 'bye', code: reason, detail })
  try {
    socket.close(LIVE_CLOSE[reason], detail)
  } catch (cause) {
    log.warn('connection not closed', { cause })
  }
}

const send = (socket: WebSocket, message: LiveMessage) => sendText(socket, JSON.stringify(message))

/** Whoever left in this moment is told nothing. */
function sendText(socket: WebSocket, text: string): void {
  try {
    socket.send(text)
  } catch (cause) {
    log.info('watcher is gone', { cause })
  }
}
