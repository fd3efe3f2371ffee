import type { Config } from '../../config.ts'
import { looksLikeApiKey } from '../../lib/api-key.ts'
import { equalInConstantTime, hmacSha256Hex } from '../../lib/hmac.ts'
import { ServiceError } from '../errors.ts'

/** better-auth's prefix for the names of our cookies. */
export const COOKIE_PREFIX = 'igny8'

/** Longer than any header of ours; keeps what is hashed bounded. */
const MAX_LENGTH = 500

export const usesSecureCookies = (config: Config) => config.publicUrl.startsWith('https://')

/** Name under which better-auth keeps the session in a browser. */
const sessionCookieName = (config: Config) =>
  `${usesSecureCookies(config) ? '__Secure-' : ''}${COOKIE_PREFIX}.session_token`

/** The `Set-Cookie` that ends a session in a browser, with the attributes that better-auth set it with. */
export const expiredSessionCookie = (config: Config) =>
  `${sessionCookieName(config)}=; Max-Age=0; Path=/; HttpOnly; ${usesSecureCookies(config) ? 'Secure; ' : ''}SameSite=Lax`

/** The signature of better-call's signed cookies: HMAC-SHA-256 in base64. */
async function signatureOf(secret: string, token: string): Promise<string> {
  const hex = await hmacSha256Hex(secret, token)
  return btoa(hex.replaceAll(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16))))
}

/** The form in which a session leaves the server. The token in the database alone opens nothing. */
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
 * The token as the database knows it, or null when its signature isn't ours. Reads `token.signature` as it stands in
 * an Authorization header and, URL-encoded, in a cookie.
 */
export async function verifySessionToken(secret: string, signed: string): Promise<string | null> {
  if (signed.length > MAX_LENGTH) return null
  const text = signed.includes('%') ? decode(signed) : signed
  const dot = text.lastIndexOf('.')
  if (dot < 1) return null
  const token = text.slice(0, dot)
  return equalInConstantTime(text.slice(dot + 1), await signatureOf(secret, token)) ? token : null
}

/** The session cookie's value as sent, null where there is none. */
export function readSessionCookie(config: Config, header: string | null): string | null {
  const start = `${sessionCookieName(config)}=`
  const pair = (header ?? '').split(';').find((candidate) => candidate.trimStart().startsWith(start))
  return pair === undefined ? null : pair.trim().slice(start.length)
}

const BEARER = /^bearer +([^\s,]+)$/i

/** What a request says of its sender, unchecked. `unusable`: an Authorization header that is no single Bearer token. */
export type Credentials =
  | { kind: 'none' }
  | { kind: 'unusable' }
  | { kind: 'api_key'; plaintext: string }
  | { kind: 'session'; signedToken: string; transport: 'bearer' | 'cookie' }

/** The one token of an Authorization header; null where there is another scheme, several headers, or garbage. */
export const readBearer = (authorization: string | null) => BEARER.exec(authorization?.trim() ?? '')?.[1] ?? null

/** Hosts strip `Authorization` from what their sites send, or put their own into it: a plugin says its key here too. */
const KEY_HEADER = 'x-igny8-key'

/**
 * Finds the credentials of a request. A Bearer token goes before the key's own header, and that before an Authorization header
 * of no use, which in turn goes before a cookie.
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
 * Refuses what a browser sends from a page that isn't ours; other clients name no origin.
 * @throws ServiceError `origin_not_allowed`
 */
export function assertOriginAllowed(config: Config, headers: Headers): void {
  const origin = headers.get('origin')
  if (origin === null || config.webOrigins.includes(origin)) return
  if (origin === new URL(config.publicUrl).origin) return
  throw new ServiceError('origin_not_allowed')
}
