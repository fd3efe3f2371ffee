import { allowsLoopback, type Config } from '../../config.ts'
import type { Command, CommandData, CommandResult } from '../../contract/link.ts'
import type { IdPrefix } from '../../lib/ids.ts'
import { readCommandData, sendCommands } from './direct/send.ts'
import { discoverSite, type Discovered } from './direct/discover.ts'
import { LinkError } from './direct/errors.ts'
import type { Wire } from './direct/http.ts'
import type { EvidenceStep } from '../../contract/evidence.ts'

/** What calls to a site need. */
export interface LinkContext {
  config: Config
  now: () => number
  newId: (prefix: IdPrefix) => string
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Receives every request and its answer; the doctor and the run's meter use it. */
  observe?: Wire['observe']
}

/** The site to call, and what the call is for. */
export interface LinkTarget {
  integrationId: string
  siteUrl: string
  /** Newest first. */
  signingSecrets: readonly string[]
  /** Id of the request that this is done for, for the logs of both sides. */
  requestId: string
  /** Id of the run that this is done for, if any. */
  runId?: string
}

/** A request to a site's command endpoint. */
interface EndpointTarget extends LinkTarget {
  endpoint: string
  /** Whether the batch is packed; see direct/pack.ts. */
  isPacked?: boolean
}

/** Sites on loopback addresses are accepted only in development and tests. */

/** Finds the command endpoint. @throws LinkError */
export function findSite(ctx: LinkContext, target: LinkTarget, restRootHint: string | null): Promise<Discovered> {
  return discoverSite({
    siteUrl: target.siteUrl,
    restRootHint,
    allowLoopback: allowsLoopback(ctx.config),
    fetch: ctx.fetch,
    now: ctx.now,
    observe: ctx.observe,
  })
}

/** @throws LinkError `plugin_not_connected` when no signing secret is known */
function assertConnected({ signingSecrets }: LinkTarget): void {
  if (signingSecrets.length > 0) return
  throw new LinkError({ code: 'plugin_not_connected', detail: 'The plugin has not been connected yet.' }, [])
}

/** Sends a batch of commands; returns results, clock skew and evidence. @throws LinkError as {@link sendToSite} */
export async function sendBatch(ctx: LinkContext, target: EndpointTarget, commands: readonly Command[]) {
  assertConnected(target)
  return sendCommands({
    endpoint: target.endpoint,
    signingSecrets: target.signingSecrets,
    integrationId: target.integrationId,
    commands,
    ...(target.isPacked && { isPacked: true }),
    requestId: target.requestId,
    ...(target.runId !== undefined && { runId: target.runId }),
    allowLoopback: allowsLoopback(ctx.config),
    fetch: ctx.fetch,
    now: ctx.now,
    observe: ctx.observe,
    newId: () => ctx.newId('msg'),
  })
}

/**
 * Sends a batch of commands and returns their results.
 * @throws LinkError `plugin_not_connected` without a signing secret
 */
export async function sendToSite(
  ctx: LinkContext,
  target: EndpointTarget,
  commands: readonly Command[],
): Promise<CommandResult[]> {
  return (await sendBatch(ctx, target, commands)).results
}

/** Sends one command without arguments and returns its data. @throws LinkError as {@link sendToSite} */
export async function askSite<Name extends keyof CommandData>(
  ctx: LinkContext,
  target: LinkTarget,
  endpoint: string,
  name: Name,
): Promise<{ data: CommandData[Name]; skewS: number; evidence: EvidenceStep[] }> {
  const sent = await sendBatch(ctx, { ...target, endpoint }, [{ id: ctx.newId('cmd'), name, args: {} }])
  return { data: readCommandData(name, sent.results[0], sent.evidence), skewS: sent.skewS, evidence: sent.evidence }
}
