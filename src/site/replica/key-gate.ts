/**
 * Whether a key may act at this site's object. D1 is the truth. The object remembers its answer, so that a call that
 * brings nothing reads D1 only now and then, and is told of whatever changes the answer:
 * - a revocation (`revokeKey`) is stored for good: the key is refused from the next call on, even while KV still has a
 *   stale copy;
 * - a rotation with a grace period, a site that is switched off, or an account that is suspended (`recheckKeys`), makes it ask
 *   D1 again;
 * - a time of expiry limits what is remembered.
 * If it can't be told, the caller hears so and may repeat the request, and the call is repeated in the background
 * (services/api-keys/revoke.ts). Should all of that fail, what is remembered ends by itself.
 */
import type { ErrorCode } from '../../contract/errors.ts'
import type { Db } from '../../db/client.ts'
import { isSiteThere, readKeyState } from '../../db/read-key-state.ts'
import { log } from '../../lib/log.ts'
import { type CallingKey, refusal, type RpcResult } from '../rpc.ts'
import type { SiteStore } from './store.ts'

/**
 * How long a key is accepted without asking D1: longer than the 15 minutes between two polls of a site that is called,
 * so that not each of them reads D1 and writes a row. It is also how long a revoked key can act here at most, if the
 * object could not be told of the revocation (docs/threat-model.md).
 */
export const KEY_TRUST_MS = 30 * 60_000

interface KeyGate {
  db: () => Db
  now: () => number
  /** The object's tables; null while it has none. */
  opened: () => SiteStore | null
  /** The same; makes them if there are none. */
  open: () => SiteStore
  /** Whether the call is the site's poll. */
  isPoll?: boolean
}

const KEY_REFUSED = 'The API key can no longer be used at this site.'
const SUSPENDED = 'The account of this site is suspended.'

/**
 * Checks whether a caller may act at this site's object. A key that D1 doesn't have is not
 * remembered: its site may be deleted, and then the object must stay empty. So a person's call, too, makes the first tables
 * only for a site that is there.
 * @returns the refusal, or null
 */
export async function refuseCall(gate: KeyGate, key: Pick<CallingKey, 'accountId' | 'siteId' | 'keyId'>) {
  const { keyId, siteId, accountId } = key
  if (keyId !== null) {
    const code = await refuseKey(gate, keyId, siteId)
    return code && refusal(code, code === 'account_suspended' ? SUSPENDED : KEY_REFUSED)
  }
  if (gate.opened() !== null || (await isSiteThere(gate.db(), siteId, accountId))) return null
  return siteDeleted()
}

const siteDeleted = () => refusal('site_not_found', 'The site was deleted.')

/** Does a call's work. If the site is deleted meanwhile its next statement fails, which is then no fault of ours. */
export async function unlessDeleted<T>(
  isDeleted: () => boolean,
  work: () => Promise<RpcResult<T>>,
): Promise<RpcResult<T>> {
  try {
    return await work()
  } catch (cause) {
    if (!isDeleted()) throw cause
    log.info('call of a deleted site', { cause })
    return siteDeleted()
  }
}

/** @returns the error code if the key is refused, else null */
async function refuseKey(
  { db, now, opened, open, isPoll = false }: KeyGate,
  keyId: string,
  siteId: string,
): Promise<ErrorCode | null> {
  const store = opened()
  const before = store?.access.keyStatus(keyId)
  if (before?.status === 'revoked') return 'api_key_revoked'
  const askedAt = now()
  // an end further ahead was written by a wrong clock
  const leftMs = (before?.trustedUntil ?? 0) - askedAt
  if (leftMs > 0 && leftMs <= KEY_TRUST_MS) return null
  const changes = store?.access.keyChanges ?? 0
  const state = await readKeyState(db(), keyId, siteId)
  if (!state) return 'api_key_revoked'
  if (state.revokedAt !== null) {
    open().access.revokeKey(keyId, now())
    return 'api_key_revoked'
  }
  const expiresAt = state.expiresAt?.getTime() ?? Infinity
  if (expiresAt <= now()) return 'api_key_expired'
  if (state.suspendedAt !== null) return 'account_suspended'
  if (!state.siteIsActive) return 'site_inactive'
  // `revokeKey` may have been called while D1 was read
  if (opened()?.access.keyStatus(keyId)?.status === 'revoked') return 'api_key_revoked'
  // told of a change meanwhile, or emptied: what was read may be old, and serves this call alone
  if (opened() !== store || (store?.access.keyChanges ?? 0) !== changes) return null
  open().access.trustKey(keyId, Math.min(askedAt + KEY_TRUST_MS, expiresAt), now(), isPoll)
  return null
}
