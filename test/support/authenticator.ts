/** A security key in software, for tests of the routes; test/e2e/account-life.test.ts uses Chromium's. */

type Bytes = Uint8Array<ArrayBuffer>
const encode = (text: string): Bytes => Uint8Array.from(new TextEncoder().encode(text))

const join = (...parts: Uint8Array[]): Bytes => Uint8Array.from(parts.flatMap((part) => Array.from(part)))
const base64Url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
const fromBase64Url = (text: string): Bytes =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))
const sha256 = async (bytes: Bytes): Promise<Bytes> => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

const SHORT_BYTES = 0x40
/** CBOR: a byte string of less than 256 bytes. */
const cborBytes = (bytes: Uint8Array) => join(Uint8Array.of(0x58, bytes.length), bytes)
const cborText = (text: string) => join(Uint8Array.of(0x60 + text.length), encode(text))

/** COSE_Key of P-256: { 1: 2, 3: -7, -1: 1, -2: x, -3: y }. */
const coseKey = (x: Uint8Array, y: Uint8Array) =>
  join(Uint8Array.of(0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21), cborBytes(x), Uint8Array.of(0x22), cborBytes(y))

/** DER: INTEGER without leading zeros, positive. */
function derInteger(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0)
  const value = bytes.subarray(start)
  const sign = (value[0] ?? 0) > 0x7f ? Uint8Array.of(0) : new Uint8Array()
  return join(Uint8Array.of(0x02, value.length + sign.length), sign, value)
}

function derSignature(raw: Uint8Array): Uint8Array {
  const pair = join(derInteger(raw.subarray(0, 32)), derInteger(raw.subarray(32)))
  return join(Uint8Array.of(0x30, pair.length), pair)
}

interface Options {
  origin?: string
  rpId?: string
  /** Whether the device has checked the person. */
  isVerified?: boolean
}

/** Makes passkeys and signs with them. */
export async function createAuthenticator({ origin = 'http://app.test', rpId = 'app.test' }: Options = {}) {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair
  const id = crypto.getRandomValues(new Uint8Array(16))
  let counter = 0

  const flags = (isVerified: boolean, extra: number) => Uint8Array.of(0x01 | (isVerified ? 0x04 : 0) | extra)
  const clientData = (type: string, challenge: string, from: string) =>
    encode(JSON.stringify({ type, challenge, origin: from, crossOrigin: false }))
  const header = async (flag: Uint8Array, rp: string) =>
    join(await sha256(encode(rp)), flag, Uint8Array.of(0, 0, 0, ++counter))
  const credential = <T>(response: T) => ({
    id: base64Url(id),
    rawId: base64Url(id),
    type: 'public-key',
    response,
    clientExtensionResults: {},
  })

  return {
    /** Answers the options of a registration. */
    async create(challenge: string, { isVerified = true, origin: from = origin, rpId: rp = rpId }: Options = {}) {
      const jwk = (await crypto.subtle.exportKey('jwk', keys.publicKey)) as { x: string; y: string }
      const key = coseKey(fromBase64Url(jwk.x), fromBase64Url(jwk.y))
      const attested = join(new Uint8Array(16), Uint8Array.of(0, id.length), id, key)
      const authData = join(await header(flags(isVerified, SHORT_BYTES), rp), attested)
      const attestation = join(
        Uint8Array.of(0xa3),
        cborText('fmt'),
        cborText('none'),
        cborText('attStmt'),
        Uint8Array.of(0xa0),
        cborText('authData'),
        cborBytes(authData),
      )
      return credential({
        clientDataJSON: base64Url(clientData('webauthn.create', challenge, from)),
        attestationObject: base64Url(attestation),
      })
    },
    /** Answers the options of a sign-in. */
    async get(challenge: string, { isVerified = true, origin: from = origin, rpId: rp = rpId }: Options = {}) {
      const data = clientData('webauthn.get', challenge, from)
      const authData = await header(flags(isVerified, 0), rp)
      const signed = join(authData, await sha256(data))
      const raw = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keys.privateKey, signed)
      return credential({
        clientDataJSON: base64Url(data),
        authenticatorData: base64Url(authData),
        signature: base64Url(derSignature(new Uint8Array(raw))),
      })
    },
  }
}
