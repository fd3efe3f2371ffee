import type { Config } from '../../config.ts'
import type { Command, CommandData, CommandResult } from '../../contract/link.ts'
import type { IdPrefix } from '../../lib/ids.ts'
import { readCommandData, sendCommands } from './direct/send.ts'
import { discoverSite, type Discovered } from './direct/discover.ts'
import { LinkError } from './direct/errors.ts'
import type { Wire } from './direct/http.ts'
import type { EvidenceStep } from '../../contract/evidence.ts'

/** What the link needs of its surroundings. */
export interface LinkContext {
  config: Config
  now: () => number
  newId: (prefix: IdPrefix) => string
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** Sees every answer, for who looks closer than usual. */
  observe?: Wire['observe']
}

/** A site as the link addresses it. */
export interface LinkTarget {
  integrationId: string
  siteUrl: string
  /** Newest first. */
  signingSecrets: readonly string[]
  /** Of the request that asks, or that the run was started by, for the logs of both sides. */
  requestId: string
  /** The run that asks, where one does. */
  runId?: string
}

/** Loopback is a site's address on a developer's machine alone. */
const allowsLoopback = (config: Config) => config.environment !== 'production'

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

/** Has the site execute a batch, with all that was seen on the way. @throws LinkError as {@link sendToSite} */
export async function sendBatch(
  ctx: LinkContext,
  target: LinkTarget & { endpoint: string },
  commands: readonly Command[],
) {
  assertConnected(target)
  return sendCommands({
    endpoint: target.endpoint,
    signingSecrets: target.signingSecrets,
    integrationId: target.integrationId,
    commands,
    requestId: target.requestId,
    ...(target.runId !== undefined && { runId: target.runId }),
    allowLoopback: allowsLoopback(ctx.config),
    fetch: ctx.fetch,
    now: ctx.now,
    observe: ctx.observe,
    newId: () => ctx.newId('msg'),
  })
}

/** Has the site execute a batch. @throws LinkError, before anything is sent when the plugin was never connected */
export async function sendToSite(
  ctx: LinkContext,
  target: LinkTarget & { endpoint: string },
  commands: readonly Command[],
): Promise<CommandResult[]> {
  return (await sendBatch(ctx, target, commands)).results
}

/** Has the site execute one command without arguments. @throws LinkError as {@link sendToSite} */
export async function askSite<Name extends keyof CommandData>(
  ctx: LinkContext,
  target: LinkTarget,
  endpoint: string,
  name: Name,
): Promise<{ data: CommandData[Name]; skewS: number; evidence: EvidenceStep[] }> {
  const sent = await sendBatch(ctx, { ...target, endpoint }, [{ id: ctx.newId('cmd'), name, args: {} }])
  return { data: readCommandData(name, sent.results[0], sent.evidence), skewS: sent.skewS, evidence: sent.evidence }
}
