import type { RawAnswer } from '../../../contract/doctor.ts'
import { blankSecrets } from '../../../lib/log.ts'
import { toText, type LinkAnswer, type LinkRequest } from '../../transport/direct/http.ts'

const EXCERPT_CHARACTERS = 2000
const MAX_HEADER_LENGTH = 300
/** Headers whose values say who is signed in, or prove something: their names are enough. */
const SECRET_HEADERS = /cookie|auth|token|secret|signature|nonce|csrf|session|api-?key/i
/** What pages carry that gives access to something: nonces, keys and tokens in scripts and forms. */
const SECRET_TEXT =
  /((?:nonce|token|secret|passw(?:or)?d|api_?key|csrf)[\w-]{0,20}["']?\s*[:=]\s*["']?)[^"'\s&<>,;]{4,}/gi

export interface RecordedCall {
  call: LinkRequest
  answer: LinkAnswer
}

/** Keeps every answer that a look at a site brings, in order. */
export function recordTraffic(): {
  observe: (call: LinkRequest, answer: LinkAnswer) => void
  recorded: RecordedCall[]
} {
  const recorded: RecordedCall[] = []
  return { observe: (call, answer) => void recorded.push({ call, answer }), recorded }
}

/** An answer as people may see it: bounded, and without what gives access to anything. */
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

/** The cache that an answer came from, by its headers; null where none says so. */
export function cacheOf(headers: Headers): string | null {
  const said: readonly (readonly [string, RegExp])[] = [
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
  for (const [name, pattern] of said) {
    const value = headers.get(name)
    if (value !== null && pattern.test(value)) return `${name}: ${value.slice(0, 60)}`
  }
  return null
}
