import * as z from 'zod'
import { AccountId, Timestamp } from './common.ts'
import { ContentTypes } from './content-types.ts'
import { Integration } from './integrations.ts'
import { Run, SyncEvent } from './sync.ts'

/** Most item ids that one message names. */
export const MAX_LIVE_ITEMS = 100

/** What a client sends and gets back, to find out whether the connection still holds; any other message ends it. */
export const LIVE_PING = { request: 'ping', response: 'pong' } as const

/** Codes with which the server closes a live connection, after a `bye`; 4001 and 1013 ask for another one. */
export const LIVE_CLOSE = {
  /** Messages other than `ping` are not for this connection. */
  message_refused: 1008,
  /** The state could not be read: connect again after a pause. */
  unavailable: 1013,
  /** The time for which access was checked is over: connect again at once. */
  reauthorize: 4001,
  /** Access was taken away. */
  access_ended: 4003,
  /** The integration, or its site, was deleted. */
  integration_deleted: 4004,
} as const
export type LiveCloseReason = keyof typeof LIVE_CLOSE

/**
 * A message of the server on the live connection of an integration. After `ready` come `content_types`, `integration` and,
 * where one is under way, `run`: whatever changed while nobody was connected is in them.
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
        more: z.boolean().meta({ description: 'Others changed too: read the list again' }),
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

/** What a live connection shows: read by the Worker's services, sent by the site's object. */
export interface LiveState {
  contentTypes: ContentTypes
  integration: Integration
  /** Oldest first. */
  events: SyncEvent[]
}

export const LiveQuery = z.lazy(() =>
  z.object({
    account_id: AccountId.optional().meta({
      description: 'As `X-Account-Id`, which browsers cannot send with a WebSocket',
    }),
  }),
)
