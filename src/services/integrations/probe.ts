import { rootOfCommands } from '../../lib/commands-url.ts'
import { openSigningSecrets } from '../../lib/link-credentials.ts'
import type { Examination, RpcCall, ProbeRequest } from '../../site/rpc.ts'
import type { Context } from '../context.ts'
import type { IntegrationRow } from './internal.ts'
import { unwrap } from './unwrap.ts'

/** What names an integration and its caller to the site's object. */
export function toRpcCall(ctx: Context, row: Pick<IntegrationRow, 'id' | 'accountId' | 'siteId'>): RpcCall {
  return {
    accountId: row.accountId,
    siteId: row.siteId,
    integrationId: row.id,
    keyId: ctx.actor.kind === 'api_key' ? ctx.actor.keyId : null,
    requestId: ctx.requestId,
    pluginRequestId: ctx.pluginRequestId,
  }
}

/** The integration's site and secrets, as a look at it needs them. */
const toProbeRequest = async (ctx: Context, row: IntegrationRow): Promise<ProbeRequest> => ({
  ...toRpcCall(ctx, row),
  siteUrl: row.siteUrl,
  signingSecrets: await openSigningSecrets(ctx.config.keyRing, row, ctx.now()),
  restRoot: rootOfCommands(row.commandsUrl),
  mayPoll: true,
})

/** Has the site of an integration examined, with its own secrets. */
export async function examineIntegration(ctx: Context, row: IntegrationRow): Promise<Examination> {
  return unwrap(await ctx.site(row.siteId).examine(await toProbeRequest(ctx, row)))
}
