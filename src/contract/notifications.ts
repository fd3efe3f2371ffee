import * as z from 'zod'
import { HttpUrl, IntegrationId, PlainText, prefixedId, SiteId, Timestamp, graceSeconds } from './common.ts'
import { Connection } from './health.ts'

export const EndpointId = prefixedId('hook', 'an endpoint')
export const DeliveryId = prefixedId('dlv', 'a delivery')

/** Most endpoints per account. */
export const MOST_ENDPOINTS = 10
/** Most changes in one message. Further changes follow in the next message. */
export const MOST_CHANGES = 1_000
/** How long a delivery is retried. */
export const DELIVERY_LIFETIME_S = 3 * 86_400

/** Why a delivery failed, in words for people. */
export const DELIVERY_ERRORS = {
  address_refused: {
    title: 'The address is not allowed',
    fix: 'Enter an https address with a public host name.',
  },
  name_not_found: { title: 'The host name was not found', fix: 'Check the address and its DNS records.' },
  tls_failed: { title: 'The certificate is not trusted', fix: 'Renew or repair the certificate of the server.' },
  connection_failed: {
    title: 'The connection failed',
    fix: 'Check that the server runs and accepts requests from the internet.',
  },
  timed_out: { title: 'No answer within 10 seconds', fix: 'Make the server answer first and do its work afterwards.' },
  redirected: {
    title: 'The address redirects',
    fix: 'Enter the address it redirects to. Redirects are not followed.',
  },
  gone: {
    title: 'The endpoint no longer exists',
    fix: 'Delete it here if it is no longer needed, or make it answer again.',
  },
  refused: { title: 'The endpoint refused the message', fix: 'Read its log. It must answer with 2xx.' },
  too_many: { title: 'The endpoint asked for fewer messages', fix: 'Nothing to do: we wait as long as it asks.' },
  server_error: { title: 'The endpoint failed', fix: 'Read its log. It must answer with 2xx.' },
  switched_off: { title: 'The endpoint was switched off', fix: 'Switch it on and deliver the message again.' },
  recipient_gone: {
    title: 'The person no longer gets these e-mails',
    fix: 'Nothing to do: they left the account or switched e-mail off.',
  },
  email_refused: { title: 'The e-mail was refused', fix: 'Check the person’s address.' },
  email_unavailable: {
    title: 'E-mail can’t be sent at the moment',
    fix: 'Nothing to do: it is retried. If it keeps failing, tell the operator of this server.',
  },
  email_suppressed: {
    title: 'The address takes no such e-mail',
    fix: 'Nothing to do: its owner unsubscribed, or their provider refused earlier e-mail.',
  },
  email_limited: {
    title: 'The address has had too many e-mails',
    fix: 'Wait a day and send it again.',
  },
  email_unverified: {
    title: 'The person has not verified their address',
    fix: 'Ask them to open the link in the e-mail they got when they signed up.',
  },
  email_not_configured: { title: 'E-mail is not set up', fix: 'Ask the operator of this server.' },
  internal_error: {
    title: 'Something went wrong in IGNY8',
    fix: 'Nothing to do: it is retried. If it keeps failing, tell support.',
  },
  secret_unreadable: { title: 'The signing secret can’t be read', fix: 'Create a new secret for this endpoint.' },
} as const
export type DeliveryErrorCode = keyof typeof DELIVERY_ERRORS
const DELIVERY_ERROR_CODES = Object.keys(DELIVERY_ERRORS) as [DeliveryErrorCode, ...DeliveryErrorCode[]]

/** Why a message was not delivered. */
export const DeliveryError = z.lazy(() =>
  z
    .object({
      code: z.enum(DELIVERY_ERROR_CODES),
      title: z.string(),
      detail: z.string().meta({ description: 'Details of this occurrence' }),
      fix: z.string(),
    })
    .meta({ id: 'DeliveryError' }),
)
export type DeliveryError = z.infer<typeof DeliveryError>

/** A webhook that gets an account's notifications. */
export const Endpoint = z.lazy(() =>
  z
    .object({
      id: EndpointId,
      name: z.string(),
      url: z.string(),
      is_active: z.boolean(),
      failing_since: Timestamp.nullable().meta({ description: 'Since when deliveries fail; null if they succeed' }),
      last_error: DeliveryError.nullable(),
      last_delivered_at: Timestamp.nullable(),
      pending: z.number().int().meta({ description: 'Messages waiting for their next attempt' }),
      previous_secret_until: Timestamp.nullable().meta({
        description: 'Until when messages are also signed with the previous secret',
      }),
      created_at: Timestamp,
    })
    .meta({ id: 'NotificationEndpoint' }),
)
export type Endpoint = z.infer<typeof Endpoint>

/** An endpoint with its secret. No other answer contains the secret. */
export const EndpointCreated = z.lazy(() =>
  Endpoint.unwrap()
    .extend({ secret: z.string().meta({ description: '`whsec_…`, shown here once' }) })
    .meta({ id: 'NotificationEndpointCreated' }),
)
export type EndpointCreated = z.infer<typeof EndpointCreated>

export const EndpointCreate = z.lazy(() =>
  z.object({ name: PlainText.default('Webhook'), url: HttpUrl }).meta({ id: 'NotificationEndpointCreate' }),
)
export type EndpointCreate = z.infer<typeof EndpointCreate>

export const EndpointUpdate = z.lazy(() =>
  z
    .object({ name: PlainText, url: HttpUrl, is_active: z.boolean() })
    .partial()
    .refine((patch) => Object.keys(patch).length > 0, 'name at least one field to change')
    .meta({ id: 'NotificationEndpointUpdate' }),
)
export type EndpointUpdate = z.infer<typeof EndpointUpdate>

export const SecretRotate = z.lazy(() =>
  z
    .object({
      grace_s: graceSeconds('Seconds for which messages are also signed with the old secret'),
    })
    .meta({ id: 'NotificationSecretRotate' }),
)
export type SecretRotate = z.infer<typeof SecretRotate>

/** How an endpoint answered a `ping`. */
export const EndpointTest = z.lazy(() =>
  z
    .object({
      success: z.boolean(),
      status: z.number().int().nullable().meta({ description: 'HTTP status; null without an answer' }),
      error: DeliveryError.nullable(),
      took_ms: z.number().int(),
    })
    .meta({ id: 'NotificationEndpointTest' }),
)
export type EndpointTest = z.infer<typeof EndpointTest>

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const
export const CHANNELS = ['webhook', 'email'] as const
/**
 * Types of messages: connections changed, an endpoint can't be reached, or it changed who may speak for a site: its secret,
 * address, API key or acting user.
 */
export const MESSAGE_TYPES = ['connection.changed', 'endpoint.failing', 'connection.security'] as const

/** The delivery of one message to one recipient. */
export const Delivery = z.lazy(() =>
  z
    .object({
      id: DeliveryId,
      message_id: z.string().meta({ description: 'The `webhook-id`; the same for every attempt' }),
      type: z.enum(MESSAGE_TYPES),
      channel: z.enum(CHANNELS),
      endpoint_id: EndpointId.nullable(),
      recipient: z.string().meta({ description: 'Name of the endpoint, or e-mail address' }),
      changes: z.number().int().meta({ description: 'Number of changes in the message' }),
      summary: z.string(),
      status: z.enum(DELIVERY_STATUSES),
      attempts: z.number().int(),
      last_status: z.number().int().nullable().meta({ description: 'HTTP status of the last attempt' }),
      error: DeliveryError.nullable(),
      next_attempt_at: Timestamp.nullable(),
      created_at: Timestamp,
      finished_at: Timestamp.nullable(),
    })
    .meta({ id: 'NotificationDelivery' }),
)
export type Delivery = z.infer<typeof Delivery>

export const DeliveryFilter = z.lazy(() =>
  z.object({ endpoint_id: EndpointId.optional(), status: z.enum(DELIVERY_STATUSES).optional() }),
)
export type DeliveryFilter = z.infer<typeof DeliveryFilter>

/** What the signed-in person wants to receive. */
export const Preferences = z.lazy(() =>
  z
    .object({
      email: z
        .boolean()
        .meta({ description: 'Whether the person gets e-mails about changes. Default: owners and admins do' }),
      address: z.string(),
      email_configured: z.boolean().meta({ description: 'Whether this server can send e-mail' }),
    })
    .meta({ id: 'NotificationPreferences' }),
)
export type Preferences = z.infer<typeof Preferences>

export const PreferencesUpdate = z.lazy(() =>
  z.object({ email: z.boolean() }).meta({ id: 'NotificationPreferencesUpdate' }),
)
export type PreferencesUpdate = z.infer<typeof PreferencesUpdate>

/** A site whose connection has changed since the last message. */
export const ConnectionChange = z.lazy(() =>
  z
    .object({
      integration_id: IntegrationId,
      site_id: SiteId,
      site_name: z.string(),
      site_url: z.string(),
      from: Connection,
      to: Connection,
      reason: z.object({ code: z.string(), title: z.string(), fix: z.string() }).nullable(),
      since: Timestamp.nullable(),
      times: z.number().int().meta({ description: 'How often the state changed since then' }),
    })
    .meta({ id: 'ConnectionChange' }),
)
export type ConnectionChange = z.infer<typeof ConnectionChange>

/** What changed, or waits for a person, about who may speak for a site. Secrets are never in it; keys are masked. */
export const SecurityChange = z.lazy(() =>
  z
    .object({
      what: z.enum([
        'confirmation_requested',
        'change_refused',
        'secret_replaced',
        'address_changed',
        'key_changed',
        'acting_user_changed',
      ]),
      from: z.string().nullable(),
      to: z.string().nullable(),
    })
    .meta({ id: 'SecurityChange' }),
)
export type SecurityChange = z.infer<typeof SecurityChange>

/** Body of an outgoing webhook. `data.more`: number of changes that follow in the next message. */
export const OutgoingMessage = z.lazy(() =>
  z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('ping'), timestamp: Timestamp, data: z.object({ endpoint_id: EndpointId }) }),
      z.object({
        type: z.literal('connection.changed'),
        timestamp: Timestamp,
        data: z.object({ account_id: z.string(), changes: z.array(ConnectionChange), more: z.number().int() }),
      }),
      z.object({
        type: z.literal('connection.security'),
        timestamp: Timestamp,
        data: z.object({
          account_id: z.string(),
          integration_id: IntegrationId,
          site_id: SiteId,
          site_name: z.string(),
          site_url: z.string(),
          changes: z.array(SecurityChange),
          actor: z.string().meta({ description: 'Who did it: `user:…` or `api_key:…`' }),
          requested_from: z.string().nullable().meta({ description: 'Network address of the request' }),
          request_id: z.string(),
        }),
      }),
    ])
    .meta({ id: 'OutgoingMessage' }),
)
export type OutgoingMessage = z.infer<typeof OutgoingMessage>
