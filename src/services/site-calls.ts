import { log } from '../lib/log.ts'
import { type ApiKeyActor, describeActor, type ServiceContext } from './context.ts'
import { ServiceError } from './errors.ts'
import type { IntegrationRow } from './tenant.ts'
import type { CallingKey, RpcCall, RpcResult } from '../site/rpc.ts'

/** The value of a result from the site's object. @throws ServiceError with the code of a refusal */
export function unwrap<T>(result: RpcResult<T>): T {
  if (result.ok) return result.value
  const { code, detail, fix, path } = result
  const errors = path === undefined ? {} : { errors: [{ path, code, message: detail }] }
  throw new ServiceError(code, detail, { fix, ...errors })
}

type Calling = Pick<ServiceContext<ApiKeyActor>, 'actor' | 'requestId' | 'pluginRequestId'>

/** Names the calling key and its request to the site's object. */
export const toCallingKey = ({ actor, requestId, pluginRequestId }: Calling): CallingKey => ({
  accountId: actor.accountId,
  siteId: actor.siteId,
  keyId: actor.keyId,
  requestId,
  pluginRequestId,
})

/** Names an integration, its caller and the request to the site's object. */
export function toRpcCall(ctx: ServiceContext, row: Pick<IntegrationRow, 'id' | 'accountId' | 'siteId'>): RpcCall {
  return {
    accountId: row.accountId,
    siteId: row.siteId,
    integrationId: row.id,
    keyId: ctx.actor.kind === 'api_key' ? ctx.actor.keyId : null,
    requestId: ctx.requestId,
    pluginRequestId: ctx.pluginRequestId,
    actor: describeActor(ctx.actor),
  }
}

/**
 * Asks the site's object whether the calling key is still valid, before a write that doesn't go through the object. KV,
 * which authenticated the request, may be stale. Does nothing for people.
 * @throws ServiceError `api_key_revoked`, `api_key_expired`, `site_inactive`
 */
export async function assertKeyMayWrite({ actor, site }: Pick<ServiceContext, 'actor' | 'site'>): Promise<void> {
  if (actor.kind === 'api_key') unwrap(await site(actor.siteId).authorizeKey(actor))
}

type Watched = Pick<IntegrationRow, 'id' | 'accountId' | 'siteId'>

/**
 * Schedules the next health check at the site's object. If the object can't be reached, the cron does it later: D1 has
 * the due time.
 * @param dueAt milliseconds since 1970
 * @returns whether it was scheduled
 */
export async function scheduleCheck(ctx: Pick<ServiceContext, 'site'>, row: Watched, dueAt: number): Promise<boolean> {
  try {
    const integrationRef = { accountId: row.accountId, siteId: row.siteId, integrationId: row.id }
    await ctx.site(row.siteId).scheduleCheck(integrationRef, dueAt)
    return true
  } catch (cause) {
    log.warn('health check not scheduled', { integration_id: row.id, cause })
    return false
  }
}

/** Publishes a change of the integration to live connections, after the response. A failure is only logged. */
export function publishChange(ctx: Pick<ServiceContext, 'site' | 'background'>, siteId: string): void {
  const published = ctx.site(siteId).publish()
  ctx.background(published.catch((cause: unknown) => log.warn('change not published', { site_id: siteId, cause })))
}
