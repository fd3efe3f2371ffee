import { readIntegration, type IntegrationRef, type RunIntegration } from '../../db/projection.ts'
import { openSigningSecrets } from '../../lib/link-credentials.ts'
import type { EngineContext } from '../stages/context.ts'
import { canPoll } from '../transport/choice.ts'
import { openSender } from '../transport/sender.ts'
import { findSite, type LinkTarget } from '../transport/site-link.ts'
import type { ObjectContext } from './context.ts'
import type { Meter } from './meter.ts'
import { createRunConfig } from './run-config.ts'

/** What a piece of work needs to call the site: address, integration, signing secrets, and ids for the log. */
export async function openTarget(
  ctx: ObjectContext,
  integration: RunIntegration,
  ids: Pick<LinkTarget, 'requestId' | 'runId'>,
): Promise<LinkTarget> {
  const signingSecrets = await openSigningSecrets(ctx.config.keyRing, integration, ctx.now())
  return { siteUrl: integration.siteUrl, integrationId: integration.id, signingSecrets, ...ids }
}

/** Resolves the command endpoint once: the one that worked last, or else by discovery. */
export function createEndpoint(ctx: ObjectContext, integration: RunIntegration, target: LinkTarget) {
  let known = integration.commandsUrl
  return {
    resolve: async () => (known ??= (await findSite(ctx, target, null)).commandsUrl),
    set: (endpoint: string) => (known = endpoint),
  }
}

interface EngineWork {
  target: LinkTarget
  endpoint: () => Promise<string>
  /** Whether the work may still write: for a run, whether its lease holds. */
  holds: () => boolean
  /** Who owns the commands in the command log; see `SenderWork`. */
  workId: string | null
  /** Measures the work of a run. */
  meter?: Meter
}

/** Creates the context of the stages: the replica, time, randomness, and a sender for the transport in use. */
export function createEngineContext(ctx: ObjectContext, work: EngineWork): EngineContext {
  const { target, endpoint, holds, workId, meter } = work
  const sender = openSender(ctx, {
    target,
    endpoint,
    workId,
    ...(meter && { onAnswers: (bytes: number) => meter.countPolled(bytes) }),
  })
  return {
    replica: ctx.store.replica,
    now: ctx.now,
    newId: ctx.newId,
    random: ctx.random,
    runId: target.runId ?? null,
    enter: (phase, type) => meter?.enter(phase, type),
    canPoll: () => canPoll(ctx.store, ctx.now()),
    holds,
    send: sender.send,
    memo: <T>() => sender.memo() as T | null,
    memoize: sender.memoize,
    commit: sender.commit,
  }
}

/**
 * Opens an engine outside of runs: for the inbox, or for an action that somebody waits for.
 * @returns null if the integration is gone or switched off
 */
export async function openEngine(
  ctx: ObjectContext,
  ref: IntegrationRef,
  requestId: string,
  workId: string | null = null,
) {
  const integration = await readIntegration(ctx, ref)
  if (!integration?.isActive || !integration.syncEnabled) return null
  const target = await openTarget(ctx, integration, { requestId })
  const endpoint = createEndpoint(ctx, integration, target)
  const connect = (): EngineContext =>
    createEngineContext(ctx, { target, endpoint: endpoint.resolve, holds: () => true, workId })
  return { integration, connect, runConfig: createRunConfig(integration, 'both') }
}
