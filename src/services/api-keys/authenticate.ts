import { and, eq, isNull, lt, or } from 'drizzle-orm'
import { apiKeys } from '../../db/schema/index.ts'
import { hashApiKey, parseApiKey } from '../../lib/api-key.ts'
import { log } from '../../lib/log.ts'
import { remember } from '../../lib/remember.ts'
import { readApiKeyRecord } from './records.ts'
import type { ApiKeyRecord } from './store.ts'
import { issueTicket, readTicket } from './ticket.ts'
import type { Actor, ApiKeyActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'

type KeyContext = Pick<ServiceContext<Actor>, 'db' | 'apiKeys' | 'config' | 'now'>

interface AuthenticateInput {
  plaintext: string
  /** Keeps work alive after the answer, as `waitUntil` does. */
  background: (work: Promise<void>) => void
  /** Charges the caller before D1 is asked for a key that isn't at the edge. @throws ServiceError `too_many_requests` */
  chargeMiss: () => Promise<void>
  /** Of a route that takes tickets: what the caller sent of one, and where a new one goes. */
  ticket?: { sent: string | null; renew: (ticket: string) => void }
}

const isSame = (left: ApiKeyRecord | null, right: ApiKeyRecord) =>
  left?.status === right.status && left.expires_at === right.expires_at

/**
 * Copies a key to KV. If the key is revoked between our read and our write, the write replaces the tombstone. So D1 is
 * read again afterwards, and a record that changed is written again.
 */
async function fillStore(ctx: KeyContext, hash: string, record: ApiKeyRecord): Promise<void> {
  try {
    await ctx.apiKeys.put(hash, record)
    const latest = await readApiKeyRecord({ ctx, input: { keyId: record.key_id, hash } })
    if (!isSame(latest, record)) await ctx.apiKeys.put(hash, latest ?? { ...record, status: 'revoked' })
  } catch (cause) {
    log.warn('API key not copied to the edge', { key: record.key_id, cause })
  }
}

/** The record of a key, by its ticket or else by what is stored; then there is a new ticket. */
async function findRecord(ctx: KeyContext, keyId: string, input: AuthenticateInput) {
  const pepper = ctx.config.apiKeyPepper
  const bound = { pepper, hash: await hashApiKey(pepper, input.plaintext), now: ctx.now() }
  const { sent = null, renew } = input.ticket ?? {}
  const shown = sent === null ? null : await readTicket(bound, sent)
  if (shown) return shown
  const record = await findStored(ctx, keyId, bound.hash, input)
  if (renew && record?.status === 'active') renew(await issueTicket(bound, record))
  return record
}

async function findStored(
  ctx: KeyContext,
  keyId: string,
  hash: string,
  { background, chargeMiss }: Pick<AuthenticateInput, 'background' | 'chargeMiss'>,
) {
  const known = await ctx.apiKeys.get(hash)
  if (known !== null && known !== 'unreadable') return known
  // anybody can make up well-formed keys; a real one comes here only until its first use has copied it to the edge
  if (known === null) await chargeMiss()
  const record = await readApiKeyRecord({ ctx, input: { keyId, hash } })
  // while KV is away every real key comes here: only unknown ones are charged, as late as that is
  if (!record && known === 'unreadable') await chargeMiss()
  if (record) background(fillStore(ctx, hash, record))
  return record
}

/** @throws ServiceError `api_key_revoked`, `api_key_expired`, `site_inactive`, `account_suspended` */
function assertUsable(record: ApiKeyRecord, now: number): void {
  if (record.status === 'revoked') throw new ServiceError('api_key_revoked')
  if (record.expires_at !== null && record.expires_at <= now) throw new ServiceError('api_key_expired')
  if (record.status !== 'active') throw new ServiceError(record.status)
}

/**
 * Identifies the caller by an API key. Reads the isolate's memory (30 seconds old at most), else KV, and D1 only if KV
 * doesn't have the key. A malformed or mistyped key is refused without I/O.
 *
 * Worst case after a revocation: KV is eventually consistent. A location that read the key shortly before accepts it
 * for reads for typically 90 seconds, and for some minutes if the tombstone spreads slowly. Every write and sync asks
 * the site's Durable Object, which refuses the key from the next call on.
 * @throws ServiceError `api_key_malformed`, `api_key_unknown`, `api_key_revoked`, `api_key_expired`, `site_inactive`,
 *   `account_suspended`
 */
export async function authenticateApiKey({
  ctx,
  input,
}: {
  ctx: KeyContext
  input: AuthenticateInput
}): Promise<ApiKeyActor> {
  const parsed = parseApiKey(input.plaintext)
  if (!parsed) throw new ServiceError('api_key_malformed')
  const record = await findRecord(ctx, parsed.keyId, input)
  if (!record) throw new ServiceError('api_key_unknown')
  assertUsable(record, ctx.now())
  const use = recordUse({ ctx, input: { keyId: record.key_id } })
  if (use) input.background(use)
  return {
    kind: 'api_key',
    keyId: record.key_id,
    accountId: record.account_id,
    siteId: record.site_id,
    scopes: record.scopes,
  }
}

/** How exact `last_used_at` is. Each step costs a write for each plugin, since they call all day. */
const SAMPLE_MS = 6 * 3_600_000
const MAX_REMEMBERED = 10_000

/** When this isolate last recorded a key's use, by key id. */
const recorded = new Map<string, number>()

type UseContext = Pick<ServiceContext<Actor>, 'db' | 'now'>

async function writeUse(ctx: UseContext, keyId: string, now: number): Promise<void> {
  const isOlder = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, new Date(now - SAMPLE_MS)))
  try {
    await ctx.db
      .update(apiKeys)
      .set({ lastUsedAt: new Date(now) })
      .where(and(eq(apiKeys.id, keyId), isOlder))
  } catch (cause) {
    recorded.delete(keyId)
    log.warn('use of an API key not recorded', { key: keyId, cause })
  }
}

/**
 * Records that a key was used: each isolate asks for the write at most once per key and six hours.
 * @returns the write, for `waitUntil`; it never rejects. Null if the use was recorded within that time
 */
function recordUse({ ctx, input }: { ctx: UseContext; input: { keyId: string } }): Promise<void> | null {
  const now = ctx.now()
  if (now - (recorded.get(input.keyId) ?? -Infinity) < SAMPLE_MS) return null
  remember(recorded, input.keyId, now, MAX_REMEMBERED)
  return writeUse(ctx, input.keyId, now)
}

/**
 * Whether a key belongs to this site and is valid now. Reads D1, which has every revocation.
 * @throws ServiceError `site_inactive` if the key is valid and the site is switched off, `account_suspended` if its account is
 *   suspended
 */
export async function verifySiteApiKey({
  ctx,
  siteId,
  plaintext,
}: {
  ctx: Pick<ServiceContext<Actor>, 'db' | 'config' | 'now'>
  siteId: string
  plaintext: string
}): Promise<boolean> {
  const parsed = parseApiKey(plaintext)
  if (!parsed) return false
  const hash = await hashApiKey(ctx.config.apiKeyPepper, plaintext)
  const record = await readApiKeyRecord({ ctx, input: { keyId: parsed.keyId, hash } })
  if (record?.site_id !== siteId || record.status === 'revoked') return false
  if (record.expires_at !== null && record.expires_at <= ctx.now()) return false
  if (record.status !== 'active') throw new ServiceError(record.status)
  return true
}
