import type { ErrorCode } from '../../contract/errors.ts'
import type { Db } from '../../db/client.ts'
import { readKeyState } from '../../db/read-key-state.ts'
import type { SiteStore } from './store.ts'

/** How long a key is cached as active. It is then read again, in case the call that revoked it failed. */
const ACTIVE_TTL_MS = 60_000

/**
 * Checks whether a key may act at this site's object. The object learns of a revocation at once (`revokeKey`), so it
 * refuses the key from the next call on, even while KV still has a stale copy.
 * @returns the error code if the key is refused, else null
 */
export async function refuseKey(
  { db, store, now }: { db: Db; store: SiteStore; now: () => number },
  keyId: string,
  siteId: string,
): Promise<ErrorCode | null> {
  const known = store.access.keyStatus(keyId)
  if (known?.status === 'revoked') return 'api_key_revoked'
  if (known && now() - known.checkedAt < ACTIVE_TTL_MS) return null
  const state = await readKeyState(db, keyId, siteId)
  if (!state || state.revokedAt !== null) {
    store.access.setKeyStatus(keyId, 'revoked', now())
    return 'api_key_revoked'
  }
  if (state.expiresAt !== null && state.expiresAt.getTime() <= now()) return 'api_key_expired'
  if (!state.siteIsActive) return 'site_inactive'
  store.access.setKeyStatus(keyId, 'active', now())
  // `revokeKey` may have been called while D1 was read
  return store.access.keyStatus(keyId)?.status === 'revoked' ? 'api_key_revoked' : null
}
