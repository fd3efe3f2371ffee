import { looksLikeApiKey } from '../../lib/api-key.ts'
import type { Config } from '../../config.ts'
import { readSessionCookie } from './session-token.ts'

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
