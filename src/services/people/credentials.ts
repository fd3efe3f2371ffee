import { looksLikeApiKey } from '../../lib/api-key.ts'
import type { Config } from '../../config.ts'
import { readSessionCookie } from './session-token.ts'

const BEARER = /^bearer +([^\s,]+)$/i

/** What a request says of its sender, unchecked. `unusable`: an Authorization header that is no single Bearer token. */
export type Credentials =
  | { kind: 'none' }
  | { kind: 'unusable' }
  | { kind: 'api_key'; plaintext: string }
  | { kind: 'session'; signedToken: string; carrier: 'bearer' | 'cookie' }

/** The one token of an Authorization header; null where there is another scheme, several headers, or garbage. */
export const readBearer = (authorization: string | null) => BEARER.exec(authorization?.trim() ?? '')?.[1] ?? null

/** Finds the credentials of a request. An Authorization header goes before a cookie, even where it is of no use. */
export function readCredentials(config: Config, headers: Headers): Credentials {
  const authorization = headers.get('authorization')
  if (authorization !== null) {
    const token = readBearer(authorization)
    if (token === null) return { kind: 'unusable' }
    if (looksLikeApiKey(token)) return { kind: 'api_key', plaintext: token }
    return { kind: 'session', signedToken: token, carrier: 'bearer' }
  }
  const signedToken = readSessionCookie(config, headers.get('cookie'))
  return signedToken ? { kind: 'session', signedToken, carrier: 'cookie' } : { kind: 'none' }
}
