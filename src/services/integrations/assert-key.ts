import type { Context } from '../context.ts'
import { unwrap } from './unwrap.ts'

/**
 * Asks the site's object whether the calling key may still act, before a write that doesn't pass through the object
 * itself: the copy of the key that let the request in may be stale. Costs people nothing.
 * @throws ServiceError `api_key_revoked`, `api_key_expired`, `site_inactive`
 */
export async function assertKeyMayWrite({ actor, site }: Pick<Context, 'actor' | 'site'>): Promise<void> {
  if (actor.kind === 'api_key') unwrap(await site(actor.siteId).authorizeKey(actor))
}
