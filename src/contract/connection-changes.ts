import * as z from 'zod'
import { prefixedId, Timestamp } from './common.ts'

export const ConnectionChangeId = prefixedId('chg', 'a change of a connection')

/** How long a change waits for a person. */
export const CHANGE_LIFETIME_S = 7 * 86_400

/** `waiting` for a person, `confirmed` and waiting for the site, or `refused`. */
export const CHANGE_STATES = ['waiting', 'confirmed', 'refused'] as const
export type ChangeState = (typeof CHANGE_STATES)[number]

/**
 * A new secret or address that somebody with the site's API key asked for, without the connection's signature. A person
 * decides.
 */
export const PendingConnectionChange = z.lazy(() =>
  z
    .object({
      id: ConnectionChangeId,
      state: z.enum(CHANGE_STATES),
      new_secret: z.boolean().meta({ description: 'Whether the signing secret would be replaced' }),
      current_url: z.string(),
      new_url: z.string().nullable().meta({ description: 'The new address; null if it stays' }),
      api_key: z.string().nullable().meta({ description: 'The key that asked, masked' }),
      requested_at: Timestamp,
      requested_from: z.string().nullable().meta({ description: 'Network address of the request' }),
      plugin_version: z.string().nullable().meta({ description: 'As the request states it' }),
      expires_at: Timestamp,
    })
    .meta({ id: 'PendingConnectionChange' }),
)
export type PendingConnectionChange = z.infer<typeof PendingConnectionChange>

/** `change` is null if nothing waits. */
export const ConnectionChangeAnswer = z.lazy(() =>
  z.object({ change: PendingConnectionChange.nullable() }).meta({ id: 'ConnectionChangeAnswer' }),
)
export type ConnectionChangeAnswer = z.infer<typeof ConnectionChangeAnswer>

/** Names the change that the person read: a newer one is not confirmed with it. */
export const ConnectionChangeDecision = z.lazy(() =>
  z.object({ change_id: ConnectionChangeId }).meta({ id: 'ConnectionChangeDecision' }),
)
export type ConnectionChangeDecision = z.infer<typeof ConnectionChangeDecision>
