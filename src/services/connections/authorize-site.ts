import { eq } from 'drizzle-orm'
import type { ConnectRequest } from '../../contract/integrations.ts'
import { ROLES } from '../../contract/people.ts'
import type { Scope } from '../../contract/sites.ts'
import { apiKeys, sites } from '../../db/schema/index.ts'
import { parseApiKey } from '../../lib/api-key.ts'
import { verifySiteApiKey } from '../api-keys/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'

export interface SiteAuthorization {
  site: typeof sites.$inferSelect
  /** The key that authorized the caller; null for a person. */
  keyId: string | null
}

/**
 * Connecting replaces the site's secrets, which a read-only key must not do.
 * @throws ServiceError `insufficient_scope`
 */
function assertMayConnect(scopes: readonly Scope[]): void {
  if (!scopes.includes('integration:write'))
    throw new ServiceError('insufficient_scope', 'This needs the scope integration:write.')
}

/** @throws ServiceError unless the actor is a member of the site's account or the site's own key */
function authorizeActor(actor: Actor, site: typeof sites.$inferSelect): SiteAuthorization {
  if (actor.kind === 'anonymous')
    throw new ServiceError('credentials_missing', 'Sign in, or send the api_key of the site.')
  if (actor.accountId !== site.accountId) throw new ServiceError('site_not_found')
  if (actor.kind === 'api_key') {
    if (actor.siteId !== site.id) throw new ServiceError('invalid_api_key')
    assertMayConnect(actor.scopes)
    return { site, keyId: actor.keyId }
  }
  if (actor.kind === 'user' && ROLES.indexOf(actor.role) < ROLES.indexOf('editor'))
    throw new ServiceError('role_too_low')
  return { site, keyId: null }
}

/**
 * Decides whether a caller may connect this site: either the `api_key` in the body is the site's, or the caller is an
 * editor of the site's account. A mistyped key is refused without I/O.
 * @throws ServiceError `invalid_api_key`, `insufficient_scope`, `site_not_found`, `site_inactive`,
 *   `credentials_missing`, `role_too_low`
 */
export async function authorizeSite({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: ConnectRequest
}): Promise<SiteAuthorization> {
  const key = input.api_key === undefined ? null : parseApiKey(input.api_key)
  if (input.api_key !== undefined && key === null) {
    throw new ServiceError('invalid_api_key', 'The API key is mistyped or incomplete.')
  }
  // no tenant filter: the site tells us the tenant; the caller is authorized right below
  const [site] = await ctx.db.select().from(sites).where(eq(sites.id, input.site_id)).limit(1)
  if (!site) throw new ServiceError('site_not_found')
  if (key === null) {
    const authorization = authorizeActor(ctx.actor, site)
    if (!site.isActive) throw new ServiceError('site_inactive')
    return authorization
  }
  const isOwn = await verifySiteApiKey({ ctx, siteId: site.id, plaintext: key.plaintext })
  if (!isOwn) throw new ServiceError('invalid_api_key')
  const [held] = await ctx.db.select({ scopes: apiKeys.scopes }).from(apiKeys).where(eq(apiKeys.id, key.keyId)).limit(1)
  assertMayConnect(held?.scopes ?? [])
  return { site, keyId: key.keyId }
}
