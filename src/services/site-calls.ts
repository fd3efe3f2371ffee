import { log } from '../lib/log.ts'
import type { ApiKeyActor, ServiceContext } from './context.ts'
import { ServiceError } from './errors.ts'
import type { IntegrationRow } from './tenant.ts'
import type { CallingKey, RpcCall, RpcResult } from '../site/rpc.ts'

/** The value of an answer of the site's object. @throws ServiceError with the code of a refusal */
export function unwrap<T>(result: RpcResult<T>): T {
  if (result.ok) return result.value
  throw new ServiceError(result.code, result.detail, { fix: result.fix })
}

type Calling = Pick<ServiceContext<ApiKeyActor>, 'actor' | 'requestId' | 'pluginRequestId'>

/** The key that calls, with the request as both sides name it, as the site's object takes it. */
export const toCallingKey = ({ actor, requestId, pluginRequestId }: Calling): CallingKey => ({
  accountId: actor.accountId,
  siteId: actor.siteId,
  keyId: actor.keyId,
  requestId,
  pluginRequestId,
})

/** What names an integration and its caller to the site's object. */
export function toRpcCall(ctx: ServiceContext, row: Pick<IntegrationRow, 'id' | 'accountId' | 'siteId'>): RpcCall {
  return {
    accountId: row.accountId,
    siteId: row.siteId,
    integrationId: row.id,
    keyId: ctx.actor.kind === 'api_key' ? ctx.actor.keyId : null,
    requestId: ctx.requestId,
    pluginRequestId: ctx.pluginRequestId,
  }
}

/**
 * Asks the site's object whether the calling key may still act, before a write that doesn't pass through the object
 * itself: the copy of the key that let the request in may be stale. Costs people nothing.
 * @throws ServiceError `api_key_revoked`, `api_key_expired`, `site_inactive`
 */
export async function assertKeyMayWrite({ actor, site }: Pick<ServiceContext, 'actor' | 'site'>): Promise<void> {
  if (actor.kind === 'api_key') unwrap(await site(actor.siteId).authorizeKey(actor))
}

type Watched = Pick<IntegrationRow, 'id' | 'accountId' | 'siteId'>

/**
 * Tells the site's object when to look at the site next. Where it can't be told the reconciling cron makes up for it:
 * D1 says when the check is due.
 * @param dueAt milliseconds since 1970
 */
export async function scheduleCheck(ctx: Pick<ServiceContext, 'site'>, row: Watched, dueAt: number): Promise<boolean> {
  try {
    const subject = { accountId: row.accountId, siteId: row.siteId, integrationId: row.id }
    await ctx.site(row.siteId).scheduleCheck(subject, dueAt)
    return true
  } catch (cause) {
    log.warn('health check not scheduled', { integration_id: row.id, cause })
    return false
  }
}

/** Has who watches the site told that its integration changed; behind the answer, which it never fails. */
export function publishChange(ctx: Pick<ServiceContext, 'site' | 'background'>, siteId: string): void {
  const told = ctx.site(siteId).publish()
  ctx.background(told.catch((cause: unknown) => log.warn('change not announced', { site_id: siteId, cause })))
}
