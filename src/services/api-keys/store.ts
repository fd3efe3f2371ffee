import * as z from 'zod'
import { Scope } from '../../contract/sites.ts'
import { log } from '../../lib/log.ts'

/** Seconds for which a location answers from its own copy; the smallest that still spares KV a plugin's burst. */
const CACHE_TTL_S = 60
/** A tombstone that was lost is noticed after a day at the latest, since D1 is asked again. */
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
    /** Milliseconds since 1970; checked whenever the key is used, so that no job has to end it. */
    expires_at: z.number().nullable(),
  }),
)

/** What is known of an API key without asking D1. */
export type ApiKeyRecord = z.infer<typeof ApiKeyRecord>

/** The copy of the API keys that is read at the edge, by keyed hash. D1 is the truth. */
export interface ApiKeyStore {
  /** Null where the key is not here or the store can't be read: then D1 decides. */
  get(hash: string): Promise<ApiKeyRecord | null>
  /** Writes a record or a tombstone; nothing is ever deleted. Rejects when it was not stored. */
  put(hash: string, record: ApiKeyRecord): Promise<void>
}

async function readRecord(kv: KVNamespace, hash: string): Promise<ApiKeyRecord | null> {
  try {
    const stored = ApiKeyRecord.safeParse(await kv.get(hash, { type: 'json', cacheTtl: CACHE_TTL_S }))
    return stored.success ? stored.data : null
  } catch (cause) {
    log.warn('API key store not readable', { cause })
    return null
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
 * The store on Workers KV. KV is eventually consistent: a change is visible at once where it was written and elsewhere
 * after 60 seconds or more, to which each location's own copy adds up to {@link CACHE_TTL_S}.
 */
export function createApiKeyStore(kv: KVNamespace): ApiKeyStore {
  return {
    get: (hash) => readRecord(kv, hash),
    put: (hash, record) => writeRecord(kv, hash, record),
  }
}
