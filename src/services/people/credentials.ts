import type { Config } from '../../config.ts'
import { looksLikeApiKey } from '../../lib/api-key.ts'
import { equalInConstantTime, hmacSha256Hex } from '../../lib/hmac.ts'
import { ServiceError } from '../errors.ts'

/** better-auth's prefix for the names of our cookies. */
export const COOKIE_PREFIX = 'igny8'

/** Longer than any token of ours. Bounds what we hash. */
const MAX_LENGTH = 500

export const usesSecureCookies = (config: Config) => config.publicUrl.startsWith('https://')

/** The name of better-auth's session cookie. */
const sessionCookieName = (config: Config) =>
  `${usesSecureCookies(config) ? '__Secure-' : ''}${COOKIE_PREFIX}.session_token`

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
