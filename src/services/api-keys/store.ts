import * as z from 'zod'
import { Scope } from '../../contract/sites.ts'
import { log } from '../../lib/log.ts'

/** Seconds for which a location caches a read. Short, yet long enough to cover a plugin's burst of requests. */
const CACHE_TTL_S = 60
/** After a day D1 is read again, which limits the effect of a lost tombstone. */
const ACTIVE_TTL_S = 86_400
const TOMBSTONE_TTL_S = 30 * 86_400
/** KV takes one write per key and second. */
const RETRY_AFTER_MS = 1_100

export const ApiKeyRecord = z.lazy(() =>
  z.object({
    key_id: z.string(),
    account_id: z.string(),
    site_id: z.string(),
    scopes: z.array(Scope),
    status: z.enum(['active', 'revoked', 'site_inactive']),
    /** Milliseconds since 1970. Checked on every use, so no job has to expire keys. */
    expires_at: z.number().nullable(),
  }),
)

/** What KV holds of an API key. */
export type ApiKeyRecord = z.infer<typeof ApiKeyRecord>

/** API keys by keyed hash, in KV. D1 is the source of truth; this is a copy for fast reads. */
export interface ApiKeyStore {
  /** Null if the key is not here; `unreadable` if the store is away. Then D1 decides. */
  get(hash: string): Promise<ApiKeyRecord | null | 'unreadable'>
  /** Writes a record or a tombstone. Rejects if it was not stored. */
  put(hash: string, record: ApiKeyRecord): Promise<void>
  /**
   * Removes a record, when its account is deleted. Not for a revocation, which needs the tombstone: the key must be
   * refused here already, since a location may still have the record for a minute.
   */
  remove(hash: string): Promise<void>
}

async function readRecord(kv: KVNamespace, hash: string): Promise<ApiKeyRecord | null | 'unreadable'> {
  try {
    const stored = ApiKeyRecord.safeParse(await kv.get(hash, { type: 'json', cacheTtl: CACHE_TTL_S }))
    return stored.success ? stored.data : null
  } catch (cause) {
    log.warn('API key store not readable', { cause })
    return 'unreadable'
  }
}

async function writeRecord(kv: KVNamespace, hash: string, record: ApiKeyRecord): Promise<void> {
  const text = JSON.stringify(record)
  const options = { expirationTtl: record.status === 'active' ? ACTIVE_TTL_S : TOMBSTONE_TTL_S }
  try {
    await kv.put(hash, text, options)
  } catch (cause) {
    log.warn('API key store not writable, trying once more', { key: record.key_id, cause })
    await scheduler.wait(RETRY_AFTER_MS)
    await kv.put(hash, text, options)
  }
}

/**
 * The store on Workers KV, which is eventually consistent: a write is visible at once where it was made, and elsewhere
 * after 60 seconds or more, plus up to {@link CACHE_TTL_S} of a location's cache.
 */
export function createApiKeyStore(kv: KVNamespace): ApiKeyStore {
  return {
    get: (hash) => readRecord(kv, hash),
    put: (hash, record) => writeRecord(kv, hash, record),
    remove: (hash) => kv.delete(hash),
  }
}
