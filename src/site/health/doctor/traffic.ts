import type { RawAnswer } from '../../../contract/doctor.ts'
import { blankSecrets } from '../../../lib/log.ts'
import { toText, type LinkAnswer, type LinkRequest } from '../../transport/direct/http.ts'

const EXCERPT_CHARACTERS = 2000
const MAX_HEADER_LENGTH = 300
/** Headers whose values identify or authorise somebody; only their names are shown. */
const SECRET_HEADERS = /cookie|auth|token|secret|signature|nonce|csrf|session|api-?key/i
/** Nonces, keys and tokens in the scripts and forms of pages. */
const SECRET_TEXT =
  /((?:nonce|token|secret|passw(?:or)?d|api_?key|csrf)[\w-]{0,20}["']?\s*[:=]\s*["']?)[^"'\s&<>,;]{4,}/gi

/** A request and its answer. */
export interface HttpCall {
  request: LinkRequest
  answer: LinkAnswer
}

/** Records all HTTP calls of an examination, in order. */
export function recordCalls(): {
  observe: (request: LinkRequest, answer: LinkAnswer) => void
  recorded: HttpCall[]
} {
  const recorded: HttpCall[] = []
  return { observe: (request, answer) => void recorded.push({ request, answer }), recorded }
}

/** An answer that may be shown to people: shortened, with secrets redacted. */
export function redactAnswer({ status, headers, ...answer }: LinkAnswer): RawAnswer {
  const shown = [...headers].map(([name, value]) => [
    name,
    SECRET_HEADERS.test(name) && name !== 'www-authenticate'
      ? '[redacted]'
      : blankSecrets(value.slice(0, MAX_HEADER_LENGTH)),
  ])
  const text = toText({ status, headers, ...answer }).slice(0, EXCERPT_CHARACTERS)
  return {
    status,
    headers: Object.fromEntries(shown) as Record<string, string>,
    body_excerpt: blankSecrets(text).replace(SECRET_TEXT, '$1[redacted]'),
  }
}

/** The header that shows that a cache sent this answer; null if there is none. */
export function cacheOf(headers: Headers): string | null {
  const marks: readonly (readonly [string, RegExp])[] = [
    ['cf-cache-status', /^(HIT|STALE|UPDATING|REVALIDATED)/i],
    ['x-litespeed-cache', /hit/i],
    ['x-proxy-cache', /hit/i],
    ['x-fastcgi-cache', /hit/i],
    ['x-sg-cache', /hit/i],
    ['x-varnish-cache', /hit/i],
    ['x-cache-status', /hit/i],
    ['x-cache', /hit/i],
    ['x-wp-super-cache', /./],
    ['age', /^[1-9]/],
  ]
  for (const [name, pattern] of marks) {
    const value = headers.get(name)
    if (value !== null && pattern.test(value)) return `${name}: ${value.slice(0, 60)}`
  }
  return null
}
