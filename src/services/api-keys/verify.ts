import { hashApiKey, parseApiKey } from '../../lib/api-key.ts'
import type { Actor, Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { readApiKeyRecord } from './internal.ts'

/**
 * Whether a key is this site's own and may be used now. Asks D1, so that it knows of every revocation.
 * @throws ServiceError `site_inactive` when only the site keeps it from being used
 */
export async function verifySiteApiKey({
  ctx,
  siteId,
  plaintext,
}: {
  ctx: Pick<Context<Actor>, 'db' | 'config' | 'now'>
  siteId: string
  plaintext: string
}): Promise<boolean> {
  const parsed = parseApiKey(plaintext)
  if (!parsed) return false
  const hash = await hashApiKey(ctx.config.apiKeyPepper, plaintext)
  const record = await readApiKeyRecord({ ctx, input: { keyId: parsed.keyId, hash } })
  if (record?.site_id !== siteId || record.status === 'revoked') return false
  if (record.expires_at !== null && record.expires_at <= ctx.now()) return false
  if (record.status === 'site_inactive') throw new ServiceError('site_inactive')
  return true
}
