import * as z from 'zod'

// Every schema of the contract is a `z.lazy`, built when it is first used: one request needs few of them. Building them all
// at once would take half of the Worker's start-up time.

/** Base path of every route except `/healthz`, `/openapi.json` and `/docs`. */
export const API_PREFIX = '/api/v1'

/** Opaque id with a prefix, for example `site_0193…`. Accepts any text: a malformed id is answered like an unknown one. */
export const prefixedId = (prefix: string, name: string) =>
  z
    .lazy(() => z.string().max(64))
    .meta({ description: `Opaque id of ${name}`, example: `${prefix}_019d8f0c6b7e7c3fb1d2a4e5f6071829` })

export const AccountId = prefixedId('acc', 'an account')
export const SiteId = prefixedId('site', 'a site')
export const IntegrationId = prefixedId('int', 'an integration')
export const RunId = prefixedId('run', 'a run')
export const EventId = prefixedId('evt', 'a sync event')
export const ApiKeyId = prefixedId('key', 'an API key')
export const UserId = prefixedId('usr', 'a person')
export const SessionId = prefixedId('ses', 'a session')
export const PasskeyId = prefixedId('psk', 'a passkey')

/** RFC 3339 in UTC, with milliseconds. */
export const Timestamp = z.lazy(() => z.iso.datetime().meta({ example: '2026-11-21T10:00:00.000Z' }))

/** An absolute http(s) URL of at most 2,000 characters, as typed by a person. The transport decides which URLs it calls. */
export const HttpUrl = z.lazy(() =>
  z
    .url({ protocol: /^https?$/, error: 'must be an absolute http or https URL' })
    .max(2000)
    .meta({ example: 'https://example.com' }),
)

/** One line of plain text: trimmed, without control characters. */
export const PlainText = z.lazy(() =>
  z
    .string()
    .trim()
    .min(1)
    .max(200)
    // oxlint-disable-next-line no-control-regex -- the pattern refuses control characters
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters'),
)

export const ListQuery = z.lazy(() =>
  z.object({
    cursor: z.string().max(200).optional().meta({ description: 'The `next` of the previous page' }),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
)
export type ListQuery = z.infer<typeof ListQuery>

/** One page: `{ results, next }`. `next` is the cursor of the next page; null on the last one. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.lazy(() => z.object({ results: z.array(item), next: z.string().nullable() }))

/** One page of entities. */
export interface Page<T> {
  results: T[]
  next: string | null
}

export const Count = z.lazy(() => z.number().int().min(0))

/** Seconds for which a replaced key or secret keeps working: at most a week, one day by default. */
export const graceSeconds = (description: string) =>
  z
    .number()
    .int()
    .min(0)
    .max(7 * 86_400)
    .default(86_400)
    .meta({ description })
