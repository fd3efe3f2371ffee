import { hmacSha256Hex } from '../../lib/hmac.ts'

/** Separates these hashes from the pepper's other uses. */
const ORIGIN = 'igny8:audit:origin:v1'
const ADDRESS = 'igny8:audit:address:v1'

/**
 * What a record's MAC covers instead of the origin: so the origin of an erased person can be removed, and the chain still
 * verifies. The nonce keeps anybody with the table from trying all origins.
 */
export const digestOrigin = (pepper: string, nonce: string, origin: string): Promise<string> =>
  hmacSha256Hex(pepper, `${ORIGIN}\n${JSON.stringify([nonce, origin])}`)

/** Stands for an e-mail address in a record. Equal addresses of one account are equal, of two accounts different. */
export async function hideAddress(pepper: string, accountId: string, email: string): Promise<string> {
  const hash = await hmacSha256Hex(pepper, `${ADDRESS}\n${JSON.stringify([accountId, email.toLowerCase()])}`)
  return `email:${hash.slice(0, 32)}`
}

const WHOLE_ADDRESS = /^[^\s@]{1,64}@[^\s@]{1,255}$/

/** A value of a record with every e-mail address replaced: a chained record can't be erased with its person. */
export async function hideAddresses(pepper: string, accountId: string, value: unknown): Promise<unknown> {
  const hide = (inner: unknown) => hideAddresses(pepper, accountId, inner)
  if (typeof value === 'string') return WHOLE_ADDRESS.test(value) ? hideAddress(pepper, accountId, value) : value
  if (Array.isArray(value)) return Promise.all(value.map(hide))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(async ([key, inner]) => [key, await hide(inner)] as const)
  return Object.fromEntries(await Promise.all(entries))
}
