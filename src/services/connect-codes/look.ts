import type { PluginLook } from '../../contract/connect.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import type { ServiceContext } from '../context.ts'
import { unwrap } from '../site-calls.ts'
import { findIntegration, loadSite } from '../tenant.ts'
import { chargeUnverifiedCall } from '../unverified.ts'

/** How an active plugin refuses a call that is not signed for its connection. */
const PLUGIN_IS_THERE: ReadonlySet<ErrorCode> = new Set([
  'plugin_not_connected',
  'other_integration',
  'signature_rejected',
  'signature_removed',
  'body_changed',
])

/**
 * Looks from outside whether the plugin is active on a site. Stores nothing, so that the app can ask again and again.
 * @throws ServiceError `site_not_found`, `too_many_requests`
 */
export async function lookForPlugin({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string }
}): Promise<PluginLook> {
  const site = await loadSite({ ctx, siteId: input.siteId })
  const known = await findIntegration(ctx, site.id)
  await chargeUnverifiedCall(ctx, { accountId: site.accountId, siteUrl: site.url })
  const outcome = unwrap(
    await ctx.site(site.id).probe({
      accountId: site.accountId,
      siteId: site.id,
      integrationId: known?.id ?? ctx.newId('int'),
      keyId: null,
      requestId: ctx.requestId,
      siteUrl: site.url,
      signingSecrets: [],
      restRoot: null,
      mayPoll: false,
    }),
  )
  if (outcome.ok || PLUGIN_IS_THERE.has(outcome.code)) return { plugin: 'there', reason: null }
  const { code, detail, fix } = outcome
  return { plugin: code === 'plugin_not_found' ? 'missing' : 'unknown', reason: { code, detail, fix } }
}
