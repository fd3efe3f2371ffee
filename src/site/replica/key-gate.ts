import type { ErrorCode } from '../../contract/errors.ts'
import type { Db } from '../../db/client.ts'
import { readKeyState } from '../../db/read-key-state.ts'
import type { SiteStore } from './store.ts'

/** How long a key is cached as active. It is then read again, in case the call that revoked it failed. */
const ACTIVE_TTL_MS = 60_000

interface KeyGate {
  db: Db
  now: () => number
  /** The object's tables; null while it has none. */
  opened: () => SiteStore | null
  /** The same; makes them if there are none. */
  open: () => SiteStore
}

/**
 * Checks whether a key may act at this site's object. The object learns of a revocation at once (`revokeKey`), so it
 * refuses the key from the next call on, even while KV still has a stale copy. A key that D1 doesn't have is not
 * remembered: its site may be deleted, and then the object must stay empty.
 * @returns the error code if the key is refused, else null
 */
export async function refuseKey(
  { db, now, opened, open }: KeyGate,
  keyId: string,
  siteId: string,
): Promise<ErrorCode | null> {
  const known = () => opened()?.access.keyStatus(keyId)
  const before = known()
  if (before?.status === 'revoked') return 'api_key_revoked'
  if (before && now() - before.checkedAt < ACTIVE_TTL_MS) return null
  const state = await readKeyState(db, keyId, siteId)
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
