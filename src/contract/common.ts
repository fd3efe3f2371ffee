import * as z from 'zod'

// Every schema of the contract is made by `z.lazy`: built when it is first used, and what validates one request is a
// small part of what documents them all. Made at once they would take half of the Worker's start.

/** Base path of every route but `/healthz`, `/openapi.json` and `/docs`. */
export const API_PREFIX = '/api/v1'

/** Opaque id with its prefix, for example `site_0193…`. Absent and foreign ids are answered alike, so the shape is loose. */
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

/** RFC 3339 in UTC, with milliseconds. */
export const Timestamp = z.lazy(() => z.iso.datetime().meta({ example: '2026-11-21T10:00:00.000Z' }))

/** An absolute http(s) URL of at most 2,000 characters, as typed by a person; what may be called is decided by the link. */
export const HttpUrl = z.lazy(() =>
  z
    .url({ protocol: /^https?$/, error: 'must be an absolute http or https URL' })
    .max(2000)
    .meta({ example: 'https://example.com' }),
)

/** One line of plain text for people: trimmed, no control characters. */
export const PlainText = z.lazy(() =>
  z
    .string()
    .trim()
    .min(1)
    .max(200)
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not contain control characters'),
)

export const ListQuery = z.lazy(() =>
  z.object({
    cursor: z.string().max(200).optional().meta({ description: 'The `next` of the page before' }),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
)
export type ListQuery = z.infer<typeof ListQuery>

/** `{ results, next }`: one page; `next` is the cursor of the following one, null on the last. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.lazy(() => z.object({ results: z.array(item), next: z.string().nullable() }))

/** One page of entities. */
export interface Page<T> {
  results: T[]
  next: string | null
}

/** A number of things. */
export const Count = z.lazy(() => z.number().int().min(0))

/** Seconds for which what is replaced goes on working: up to a week, a day unless said otherwise. */
export const graceSeconds = (description: string) =>
  z
    .number()
    .int()
    .min(0)
    .max(7 * 86_400)
    .default(86_400)
    .meta({ description })
