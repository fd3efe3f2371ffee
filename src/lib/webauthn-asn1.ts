/**
 * Stands in for the ASN.1 and X.509 packages that @simplewebauthn/server imports: see docs/adr/0016-account-life.md, and
 * `[alias]` in wrangler.toml. They read certificates of attestations, which we don't ask for; a passkey that brings one
 * all the same is refused. What remains is the one structure of a signature, SEQUENCE { r INTEGER, s INTEGER }.
 */

const SEQUENCE = 0x30
const INTEGER = 0x02
/** Longer lengths take another form, which no ECDSA signature up to P-384 needs. */
const SHORT = 0x80

const refuse = (): never => {
  throw new Error('attestations are not read')
}

/** Reads one value with its tag and length. @returns its bytes, and where the next begins */
function readValue(bytes: Uint8Array, at: number, tag: number): { value: Uint8Array; end: number } {
  const length = bytes[at + 1] ?? SHORT
  const end = at + 2 + length
  if (bytes[at] !== tag || length >= SHORT || end > bytes.length) throw new Error('not an ECDSA signature')
  return { value: bytes.subarray(at + 2, end), end }
}

/** Names the structure to {@link AsnParser}. */
export const ECDSASigValue = Symbol('ECDSASigValue')

export const AsnParser = {
  parse(data: ArrayBuffer | Uint8Array, type: unknown): { r: ArrayBuffer; s: ArrayBuffer } {
    if (type !== ECDSASigValue) refuse()
    const bytes = data instanceof Uint8Array ? data : new Uint8Array(data)
    const whole = readValue(bytes, 0, SEQUENCE)
    const r = readValue(whole.value, 0, INTEGER)
    const s = readValue(whole.value, r.end, INTEGER)
    if (whole.end !== bytes.length || s.end !== whole.value.length) throw new Error('not an ECDSA signature')
    return { r: Uint8Array.from(r.value).buffer, s: Uint8Array.from(s.value).buffer }
  },
}

/** Called with `new`, it refuses. */
function Absent(): never {
  return refuse()
}

export {
  Absent as AuthorityKeyIdentifierExtension,
  Absent as BasicConstraints,
  Absent as CRLDistributionPointsExtension,
  Absent as Certificate,
  Absent as ECParameters,
  Absent as ExtendedKeyUsage,
  Absent as KeyDescription,
  Absent as OctetString,
  Absent as RSAPublicKey,
  Absent as SubjectAlternativeName,
  Absent as SubjectKeyIdentifierExtension,
  Absent as X509Certificate,
  Absent as X509ChainBuilder,
  Absent as X509Crl,
}

const NONE = ''
export {
  NONE as id_ce_basicConstraints,
  NONE as id_ce_extKeyUsage,
  NONE as id_ce_keyDescription,
  NONE as id_ce_subjectAltName,
  NONE as id_ecPublicKey,
  NONE as id_rsaEncryption,
  NONE as id_secp256r1,
  NONE as id_secp384r1,
}
