import type { Config } from '../config.ts'
import type { CommandData } from '../contract/link.ts'
import type { IdPrefix } from '../lib/ids.ts'
import { readCommandData } from './link/command-data.ts'
import { sendCommands } from './link/direct.ts'
import { discoverSite, type Discovered } from './link/discover.ts'
import { LinkError } from './link/errors.ts'
import type { EvidenceStep } from '../contract/evidence.ts'

/** What the link needs of its surroundings. */
export interface LinkContext {
  config: Config
  now: () => number
  newId: (prefix: IdPrefix) => string
  fetch: (url: string, init: RequestInit) => Promise<Response>
}

/** A site as the link addresses it. */
export interface LinkTarget {
  integrationId: string
  siteUrl: string
  /** Newest first. */
  signingSecrets: readonly string[]
  /** Of the request or run that asks, for the logs of both sides. */
  requestId: string
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
  })
}

/**
 * Has the site execute one command without arguments.
 * @throws LinkError `plugin_not_connected` before anything is sent when no signing secret is known
 */
export async function askSite<Name extends keyof CommandData>(
  ctx: LinkContext,
  target: LinkTarget,
  endpoint: string,
  name: Name,
): Promise<{ data: CommandData[Name]; skewS: number; evidence: EvidenceStep[] }> {
  if (target.signingSecrets.length === 0) {
    throw new LinkError({ code: 'plugin_not_connected', detail: 'The plugin has not been connected yet.' }, [])
  }
  const sent = await sendCommands({
    endpoint,
    signingSecrets: target.signingSecrets,
    integrationId: target.integrationId,
    commands: [{ id: ctx.newId('cmd'), name, args: {} }],
    requestId: target.requestId,
    allowLoopback: allowsLoopback(ctx.config),
    fetch: ctx.fetch,
    now: ctx.now,
    newId: () => ctx.newId('msg'),
  })
  return { data: readCommandData(name, sent.results[0], sent.evidence), skewS: sent.skewS, evidence: sent.evidence }
}
