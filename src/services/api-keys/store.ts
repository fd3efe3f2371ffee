import * as z from 'zod'
import { Scope } from '../../contract/sites.ts'
import { log } from '../../lib/log.ts'
import { remember } from '../../lib/remember.ts'

/** Seconds for which a location caches a read. Short, yet long enough to cover a plugin's burst of requests. */
const CACHE_TTL_S = 60
/** After a day D1 is read again, which limits the effect of a lost tombstone. */
export const ACTIVE_TTL_S = 86_400
const TOMBSTONE_TTL_S = 30 * 86_400
/** For how long an isolate takes an active key for valid without asking KV again. */
export const REMEMBERED_MS = 30_000
/** Some 5 MB. */
const MAX_REMEMBERED = 10_000
/** KV takes one write per key and second. */
const RETRY_AFTER_MS = 1_100

export const ApiKeyRecord = z.lazy(() =>
  z.object({
    key_id: z.string(),
    account_id: z.string(),
    site_id: z.string(),
    scopes: z.array(Scope),
    status: z.enum(['active', 'revoked', 'site_inactive', 'account_suspended']),
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
  /** Hashes of the keys that are here, in pages. @param cursor `''` for the first page */
  list(cursor: string, limit: number): Promise<{ hashes: string[]; next: string | null }>
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

/** Active keys that this isolate has read from a namespace, and when it read them. */
const memories = new WeakMap<KVNamespace, Map<string, { record: ApiKeyRecord; readAt: number }>>()

function memoryOf(kv: KVNamespace) {
  const memory = memories.get(kv) ?? new Map<string, { record: ApiKeyRecord; readAt: number }>()
  memories.set(kv, memory)
  return memory
}

/** Forgets what this isolate knows of keys, as a new isolate knows nothing. For tests. */
export const forgetApiKeys = (kv: KVNamespace): boolean => memories.delete(kv)

async function readThrough(kv: KVNamespace, hash: string): Promise<ApiKeyRecord | null | 'unreadable'> {
  const memory = memoryOf(kv)
  const known = memory.get(hash)
  if (known && Date.now() - known.readAt < REMEMBERED_MS) return known.record
  memory.delete(hash)
  const record = await readRecord(kv, hash)
  if (record === null || record === 'unreadable' || record.status !== 'active') return record
  remember(memory, hash, { record, readAt: Date.now() }, MAX_REMEMBERED)
  return record
}

/**
 * The store on Workers KV, which is eventually consistent: a write is visible at once where it was made, and elsewhere
 * after 60 seconds or more, plus up to {@link CACHE_TTL_S} of a location's cache and {@link REMEMBERED_MS} of an
 * isolate's memory.
 */
export function createApiKeyStore(kv: KVNamespace): ApiKeyStore {
  const forget = (hash: string) => void memoryOf(kv).delete(hash)
  return {
    get: (hash) => readThrough(kv, hash),
    async put(hash, record) {
      forget(hash)
      await writeRecord(kv, hash, record)
      // a read that was on its way meanwhile may have brought the record before
      forget(hash)
    },
    async remove(hash) {
      forget(hash)
      await kv.delete(hash)
      forget(hash)
    },
    list: async (cursor, limit) => {
      const page = await kv.list({ limit, ...(cursor !== '' && { cursor }) })
      return { hashes: page.keys.map(({ name }) => name), next: page.list_complete ? null : page.cursor }
    },
  }
}
