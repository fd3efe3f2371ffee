import { log } from '../../lib/log.ts'
import type { Context } from '../context.ts'
import { toApiKeyRecord, type ApiKeyRow } from './internal.ts'

/** Copies a new key to the edge; where that fails its first use does it. */
export async function publishApiKey({
  ctx,
  input,
}: {
  ctx: Pick<Context, 'apiKeys'>
  input: { row: ApiKeyRow; siteIsActive: boolean }
}): Promise<void> {
  try {
    await ctx.apiKeys.put(input.row.hash, toApiKeyRecord(input.row, input.siteIsActive))
  } catch (cause) {
    log.warn('API key not copied to the edge', { key: input.row.id, cause })
  }
}
