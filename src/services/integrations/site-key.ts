import { maskApiKey, parseApiKey } from '../../lib/api-key.ts'
import { verifySiteApiKey } from '../api-keys/verify.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'

/**
 * The columns that remember which of a site's keys an integration uses; never the key itself.
 * @throws ServiceError `invalid_api_key`
 */
export async function describeSiteKey({ ctx, input }: { ctx: Context; input: { siteId: string; apiKey: string } }) {
  const parsed = parseApiKey(input.apiKey)
  if (!parsed) throw new ServiceError('invalid_api_key', 'The API key is mistyped or incomplete.')
  const isOwn = await verifySiteApiKey({ ctx, siteId: input.siteId, plaintext: parsed.plaintext })
  if (!isOwn) throw new ServiceError('invalid_api_key')
  return { apiKeyId: parsed.keyId, apiKeyMasked: maskApiKey(parsed.plaintext) }
}
