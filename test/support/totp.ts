const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const PERIOD_S = 30

function fromBase32(text: string): Uint8Array<ArrayBuffer> {
  const bits = Array.from(text.replaceAll('=', ''))
    .map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
}

/** The code that an authenticator app shows for a secret (RFC 6238: SHA-1, 30 s, six digits). @param steps from now */
export async function totpCode(secret: string, steps = 0, now = Date.now()): Promise<string> {
  const counter = new DataView(new ArrayBuffer(8))
  counter.setBigUint64(0, BigInt(Math.floor(now / 1000 / PERIOD_S) + steps))
  const key = await crypto.subtle.importKey('raw', fromBase32(secret), { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter.buffer))
  const offset = mac.getUint8(mac.byteLength - 1) & 0x0f
  return String((mac.getUint32(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** Waits for the next step of 30 s where fewer than five seconds are left of this one. */
export async function withTimeLeft(): Promise<void> {
  const left = PERIOD_S * 1000 - (Date.now() % (PERIOD_S * 1000))
  if (left < 5000) await new Promise((resolve) => setTimeout(resolve, left))
}
