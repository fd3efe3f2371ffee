/**
 * Stands in for two packages that better-auth imports and we have no use for: see docs/adr/0016-account-life.md, and
 * `[alias]` in wrangler.toml. `jose` reads and makes the tokens of social sign-ins, which we don't offer; what calls it all
 * the same is refused. `@better-auth/telemetry` would report to its makers.
 */

const refuse = (): never => {
  throw new Error('JSON Web Tokens are not used')
}

class Unused {
  static readonly code = ''

  constructor() {
    refuse()
  }
}

export {
  refuse as calculateJwkThumbprint,
  refuse as createLocalJWKSet,
  refuse as createRemoteJWKSet,
  refuse as decodeJwt,
  refuse as decodeProtectedHeader,
  refuse as exportJWK,
  refuse as generateKeyPair,
  refuse as importJWK,
  refuse as importPKCS8,
  refuse as jwtDecrypt,
  refuse as jwtVerify,
  Unused as EncryptJWT,
  Unused as SignJWT,
  Unused as UnsecuredJWT,
}
export const base64url = { encode: refuse, decode: refuse }
/** Their codes are read while modules load. */
export const errors = { JWKSTimeout: Unused, JWKSInvalid: Unused, JWKSMultipleMatchingKeys: Unused }

/** Reports nothing. */
export const createTelemetry = () => ({ publish: () => Promise.resolve() })
export const getTelemetryAuthConfig = () => ({})
