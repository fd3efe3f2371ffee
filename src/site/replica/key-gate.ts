import type { ErrorCode } from '../../contract/errors.ts'
import type { Db } from '../../db/client.ts'
import { isSiteThere, readKeyState } from '../../db/read-key-state.ts'
import { log } from '../../lib/log.ts'
import { type CallingKey, refusal, type RpcResult } from '../rpc.ts'
import type { SiteStore } from './store.ts'

/** How long a key is cached as active. It is then read again, in case the call that revoked it failed. */
const ACTIVE_TTL_MS = 60_000

interface KeyGate {
  db: () => Db
  now: () => number
  /** The object's tables; null while it has none. */
  opened: () => SiteStore | null
  /** The same; makes them if there are none. */
  open: () => SiteStore
}

const KEY_REFUSED = 'The API key can no longer be used at this site.'

/**
 * Checks whether a caller may act at this site's object. The object learns of a revocation at once (`revokeKey`), so it
 * refuses the key from the next call on, even while KV still has a stale copy. A key that D1 doesn't have is not
 * remembered: its site may be deleted, and then the object must stay empty. So a person's call, too, makes the first tables
 * only for a site that is there.
 * @returns the refusal, or null
 */
export async function refuseCall(gate: KeyGate, key: Pick<CallingKey, 'accountId' | 'siteId' | 'keyId'>) {
  const { keyId, siteId, accountId } = key
  if (keyId !== null) {
    const code = await refuseKey(gate, keyId, siteId)
    return code && refusal(code, KEY_REFUSED)
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

async function refuseKey({ db, now, opened, open }: KeyGate, keyId: string, siteId: string): Promise<ErrorCode | null> {
  const known = () => opened()?.access.keyStatus(keyId)
  const before = known()
  if (before?.status === 'revoked') return 'api_key_revoked'
  if (before && now() - before.checkedAt < ACTIVE_TTL_MS) return null
  const state = await readKeyState(db(), keyId, siteId)
  if (!state) return 'api_key_revoked'
  if (state.revokedAt !== null) {
    open().access.setKeyStatus(keyId, 'revoked', now())
    return 'api_key_revoked'
  }
  if (state.expiresAt !== null && state.expiresAt.getTime() <= now()) return 'api_key_expired'
  if (!state.siteIsActive) return 'site_inactive'
  // `revokeKey` may have been called while D1 was read
  if (known()?.status === 'revoked') return 'api_key_revoked'
  open().access.setKeyStatus(keyId, 'active', now())
  return null
}
