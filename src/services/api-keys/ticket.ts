/**
 * A ticket spares a poll the question to KV whose key it carries. A site polls thousands of times a month, and each time KV
 * would give the same record. So the answer to a poll has the record, signed; the plugin sends it back with its next poll.
 *
 * It says nothing about what the key may do at the site's object, which asks D1 itself and is told of revocations
 * (site/replica/key-gate.ts). So it is taken by routes alone that do nothing but call the object. It is bound to the key: with
 * another one, or none, it is worth nothing.
 */
import * as z from 'zod'
import { fromBase64Url, toBase64Url } from '../../lib/base64.ts'
import { equalInConstantTime, hmacSha256Hex } from '../../lib/hmac.ts'
import { ApiKeyRecord } from './store.ts'

/** After this KV is asked again, and the plugin gets a new one. */
export const TICKET_LIFETIME_MS = 12 * 3_600_000
const MOST_CHARACTERS = 2_000

const Content = z.lazy(() => z.object({ record: ApiKeyRecord, until: z.number() }))

const sign = (pepper: string, hash: string, content: string) => hmacSha256Hex(pepper, `ticket.${hash}.${content}`)

interface Bound {
  pepper: string
  /** Of the key, as it is stored. */
  hash: string
  /** Milliseconds since 1970. */
  now: number
}

/** A ticket for a key that is active. */
export async function issueTicket({ pepper, hash, now }: Bound, record: ApiKeyRecord): Promise<string> {
  const text = JSON.stringify({ record, until: now + TICKET_LIFETIME_MS } satisfies z.infer<typeof Content>)
  const content = toBase64Url(new TextEncoder().encode(text))
  return `${content}.${await sign(pepper, hash, content)}`
}

/** The record in a ticket; null if we did not issue it for this key, or if its time is over. */
export async function readTicket({ pepper, hash, now }: Bound, ticket: string): Promise<ApiKeyRecord | null> {
  const [content = '', signature = ''] = ticket.length <= MOST_CHARACTERS ? ticket.split('.') : []
  if (!equalInConstantTime(signature, await sign(pepper, hash, content))) return null
  // what another release issued may have another form; an end further ahead was written by a wrong clock
  const { data } = Content.safeParse(JSON.parse(new TextDecoder().decode(fromBase64Url(content))))
  return data && data.until > now && data.until <= now + TICKET_LIFETIME_MS ? data.record : null
}
