import type { CheckedIntegration } from '../../db/health.ts'
import { rootOfCommands } from '../../lib/commands-url.ts'
import { openSigningSecrets } from '../../lib/link-credentials.ts'
import { LinkError } from '../transport/direct/errors.ts'
import type { RpcCall, ProbeOutcome, ProbeRequest } from '../rpc.ts'
import { probeSite } from './probe.ts'
import { askSite } from '../transport/site-link.ts'
import type { ObjectContext } from '../runs/runner.ts'

/** The integration's site with its own secrets, as the link addresses it. */
async function targetOf(ctx: ObjectContext, call: RpcCall, row: CheckedIntegration): Promise<ProbeRequest> {
  const signingSecrets = await openSigningSecrets(ctx.config.keyRing, row, ctx.now())
  return { ...call, siteUrl: row.siteUrl, signingSecrets, restRoot: rootOfCommands(row.commandsUrl), mayPoll: true }
}

/** Tries the whole way to a site, from its front page on. */
export const probeWholly = async (ctx: ObjectContext, call: RpcCall, row: CheckedIntegration): Promise<ProbeOutcome> =>
  probeSite(ctx, await targetOf(ctx, call, row))

/**
 * Looks at a site: one request where it answers at the address that worked last, and a whole probe where it doesn't,
 * which finds a REST API that has moved, or says best what is wrong.
 */
export async function probeKnownEndpoint(
  ctx: ObjectContext,
  call: RpcCall,
  row: CheckedIntegration,
): Promise<ProbeOutcome> {
  const target = await targetOf(ctx, call, row)
  if (row.commandsUrl !== null && target.signingSecrets.length > 0) {
    try {
      const { data, skewS, evidence } = await askSite(ctx, target, row.commandsUrl, 'status')
      const { commandsUrl } = row
      const detail = `WordPress answered at ${commandsUrl}.`
      return { ok: true, transport: 'direct', detail, commandsUrl, plugin: data, evidence, clockSkewS: skewS }
    } catch (cause) {
      if (!(cause instanceof LinkError)) throw cause
    }
  }
  return probeSite(ctx, target)
}
