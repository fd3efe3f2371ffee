import type { ErrorCode } from '../../contract/errors.ts'
import type { Db } from '../../db/client.ts'
import { readKeyState } from '../../db/read-key-state.ts'
import type { SiteStore } from './store.ts'

/** A key seen as active is looked up again after this, in case the message of its revocation was lost. */
const TRUST_MS = 60_000

/**
 * Whether a key may act at this site's object. A revocation is told to the object as it happens, so the key can do
 * nothing here from the next call on, wherever stale copies of its record may still be.
 * @returns the code of the refusal, or null
 */
export async function refuseKey(
  { db, store, now }: { db: Db; store: SiteStore; now: () => number },
  keyId: string,
  siteId: string,
): Promise<ErrorCode | null> {
  const known = store.access.keyStatus(keyId)
  if (known?.status === 'revoked') return 'api_key_revoked'
  if (known && now() - known.checkedAt < TRUST_MS) return null
  const state = await readKeyState(db, keyId, siteId)
  if (!state || state.revokedAt !== null) {
    store.access.setKeyStatus(keyId, 'revoked', now())
    return 'api_key_revoked'
  }
  if (state.expiresAt !== null && state.expiresAt.getTime() <= now()) return 'api_key_expired'
  if (!state.siteIsActive) return 'site_inactive'
  store.access.setKeyStatus(keyId, 'active', now())
  // the revocation may have been told while D1 was asked
  return store.access.keyStatus(keyId)?.status === 'revoked' ? 'api_key_revoked' : null
}
