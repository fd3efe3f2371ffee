import type { Config } from '../../config.ts'
import { looksLikeApiKey } from '../../lib/api-key.ts'
import { equalInConstantTime, hmacSha256Hex } from '../../lib/hmac.ts'
import { ServiceError } from '../errors.ts'

/** better-auth's prefix for the names of our cookies. */
export const COOKIE_PREFIX = 'igny8'

/** Where a request comes from, as Cloudflare says. Null on other servers. */
export interface Place {
  country: string | null
  city: string | null
}

/** Longer than any token of ours. Bounds what we hash. */
const MAX_LENGTH = 500

export const usesSecureCookies = (config: Config) => config.publicUrl.startsWith('https://')

/** The name of a cookie of better-auth. */
const authCookieName = (config: Config, name: string) =>
  `${usesSecureCookies(config) ? '__Secure-' : ''}${COOKIE_PREFIX}.${name}`

/** The name of better-auth's session cookie. */
const sessionCookieName = (config: Config) => authCookieName(config, 'session_token')

/** The `Set-Cookie` that removes the session cookie, with the attributes that better-auth sets. */
export const expiredSessionCookie = (config: Config) =>
  `${sessionCookieName(config)}=; Max-Age=0; Path=/; HttpOnly; ${usesSecureCookies(config) ? 'Secure; ' : ''}SameSite=Lax`

/** The signature of better-call's signed cookies: HMAC-SHA-256 in base64. */
async function signatureOf(secret: string, token: string): Promise<string> {
  const hex = await hmacSha256Hex(secret, token)
  return btoa(hex.replaceAll(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16))))
}

/** Signs a session's token. Clients get the signed form, so the token in the database is not a credential. */
export async function signSessionToken(secret: string, token: string): Promise<string> {
  return `${token}.${await signatureOf(secret, token)}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/**
 * The token without its signature; null if the signature isn't ours. Takes `token.signature` as in an Authorization
 * header, or URL-encoded as in a cookie.
 */
export async function verifySessionToken(secret: string, signed: string): Promise<string | null> {
  if (signed.length > MAX_LENGTH) return null
  const text = signed.includes('%') ? decode(signed) : signed
  const dot = text.lastIndexOf('.')
  if (dot < 1) return null
  const token = text.slice(0, dot)
  return equalInConstantTime(text.slice(dot + 1), await signatureOf(secret, token)) ? token : null
}

/** The session cookie's value as sent; null if there is none. */
export function readSessionCookie(config: Config, header: string | null): string | null {
  const start = `${sessionCookieName(config)}=`
  const pair = (header ?? '').split(';').find((candidate) => candidate.trimStart().startsWith(start))
  return pair === undefined ? null : pair.trim().slice(start.length)
}

const BEARER = /^bearer +([^\s,]+)$/i

/** A request's credentials, not verified. `unusable`: an Authorization header that isn't a single Bearer token. */
export type Credentials =
  | { kind: 'none' }
  | { kind: 'unusable' }
  | { kind: 'api_key'; plaintext: string }
  | { kind: 'session'; signedToken: string; transport: 'bearer' | 'cookie' }

/** The token of an Authorization header; null for another scheme, several headers, or garbage. */
export const readBearer = (authorization: string | null) => BEARER.exec(authorization?.trim() ?? '')?.[1] ?? null

/** Plugins send their key in this header, too: some hosts strip or replace `Authorization` on outgoing requests. */
const KEY_HEADER = 'x-igny8-key'

/**
 * Finds the credentials of a request. Precedence: Bearer token, `X-IGNY8-Key`, an unusable Authorization header,
 * cookie.
 */
export function readCredentials(config: Config, headers: Headers): Credentials {
  const authorization = headers.get('authorization')
  const token = readBearer(authorization)
  const siteKey = headers.get(KEY_HEADER)
  if (token === null && siteKey !== null) return { kind: 'api_key', plaintext: siteKey }
  if (authorization !== null) {
    if (token === null) return { kind: 'unusable' }
    if (looksLikeApiKey(token)) return { kind: 'api_key', plaintext: token }
    return { kind: 'session', signedToken: token, transport: 'bearer' }
  }
  const signedToken = readSessionCookie(config, headers.get('cookie'))
  return signedToken ? { kind: 'session', signedToken, transport: 'cookie' } : { kind: 'none' }
}

/**
 * Refuses requests from web pages that aren't ours. Clients other than browsers send no `Origin`.
 * @throws ServiceError `origin_not_allowed`
 */
export function assertOriginAllowed(config: Config, headers: Headers): void {
  const origin = headers.get('origin')
  if (origin === null || config.webOrigins.includes(origin)) return
  if (origin === new URL(config.publicUrl).origin) return
  throw new ServiceError('origin_not_allowed')
}

/** The value of one of better-auth's cookies in an answer; null if the answer doesn't set it. */
export function readSetCookie(config: Config, headers: Headers, name: string): string | null {
  const start = `${authCookieName(config, name)}=`
  const line = headers.getSetCookie().find((candidate) => candidate.startsWith(start))
  return line?.slice(start.length).split(';')[0] || null
}

/**
 * The request's headers for better-auth, which finds sessions and challenges in cookies. Clients may send a session as
 * Bearer token, and send challenges in the body.
 * @param cookies `session`: the request's own session; else the cookies to send instead, by better-auth's names
 */
export function headersForLibrary(
  config: Config,
  headers: Headers,
  cookies: 'session' | Record<string, string>,
  extra: Record<string, string> = {},
): Headers {
  const credentials = readCredentials(config, headers)
  const own: Record<string, string> =
    credentials.kind === 'session' ? { session_token: encodeOnce(credentials.signedToken) } : {}
  const pairs = Object.entries({ ...(cookies === 'session' ? own : cookies), ...extra })
  const made = new Headers()
  for (const name of ['user-agent', 'cf-connecting-ip', 'origin']) {
    const value = headers.get(name)
    if (value !== null) made.set(name, value)
  }
  if (pairs.length > 0)
    made.set('cookie', pairs.map(([name, value]) => `${authCookieName(config, name)}=${value}`).join('; '))
  return made
}

/** A cookie's value: tokens are base64 behind a dot, and clients send them plain or encoded. */
const encodeOnce = (token: string) => (token.includes('%') ? token : encodeURIComponent(token))
