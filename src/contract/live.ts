import * as z from 'zod'
import { AccountId, Timestamp } from './common.ts'
import { ContentTypes } from './content-types.ts'
import { Integration } from './integrations.ts'
import { Run, SyncEvent } from './sync.ts'

/** Most item ids in one message. */
export const MAX_LIVE_ITEMS = 100

/** A client sends `ping` and gets `pong` while the connection works. Any other message closes the connection. */
export const LIVE_PING = { request: 'ping', response: 'pong' } as const

/** Close codes of the server, sent after a `bye`. After 4001 and 1013 the client connects again. */
export const LIVE_CLOSE = {
  /** The client sent something else than `ping`. */
  message_refused: 1008,
  /** The state could not be read: connect again after a pause. */
  unavailable: 1013,
  /** Access has to be checked again: connect again at once. */
  reauthorize: 4001,
  /** The person or key lost access. */
  access_ended: 4003,
  /** The integration, or its site, was deleted. */
  integration_deleted: 4004,
} as const
export type LiveCloseReason = keyof typeof LIVE_CLOSE

/**
 * A message of the server on the live connection of an integration. After `ready` the server sends `content_types`,
 * `integration` and the current `run`, if any. They include everything that changed while the client was not connected.
 */
export const LiveMessage = z.lazy(() =>
  z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('ready'), as_of: Timestamp }),
      z.object({ type: z.literal('run'), run: Run }),
      z.object({ type: z.literal('content_types'), content_types: ContentTypes }),
      z.object({ type: z.literal('integration'), integration: Integration }),
      z.object({
        type: z.literal('items'),
        ids: z.array(z.string()).max(MAX_LIVE_ITEMS).meta({ description: 'Items that changed' }),
        more: z.boolean().meta({ description: 'More items changed: read the list again' }),
      }),
      z.object({ type: z.literal('event'), event: SyncEvent }),
      z.object({
        type: z.literal('bye'),
        code: z.enum(Object.keys(LIVE_CLOSE) as [LiveCloseReason, ...LiveCloseReason[]]),
        detail: z.string(),
      }),
    ])
    .meta({ id: 'LiveMessage' }),
)
export type LiveMessage = z.infer<typeof LiveMessage>

/** Data for a live connection: services read it, the site's object sends it. */
export interface LiveState {
  contentTypes: ContentTypes
  integration: Integration
  /** Oldest first. */
  events: SyncEvent[]
}

export const LiveQuery = z.lazy(() =>
  z.object({
    account_id: AccountId.optional().meta({
      description: 'Replaces `X-Account-Id`, which browsers cannot send with a WebSocket',
    }),
  }),
)
