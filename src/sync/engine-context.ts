import type { CommandResult } from '../contract/link.ts'
import type { EngineContext, Request } from './engine/context.ts'
import type { LinkContext, LinkTarget } from './site-link.ts'
import { sendToSite } from './site-link.ts'
import type { SiteStore } from './store.ts'

/** Part of the time that a request took for which the site is left alone before the next, and the longest such pause. */
const PAUSE_SHARE = 0.25
const MAX_PAUSE_MS = 1_000

interface EngineSurroundings extends LinkContext {
  store: SiteStore
  random: () => number
  sleep: (ms: number) => Promise<void>
}

/**
 * Gives the engine its site: one request at a time, and a pause after each that grows with the site's own slowness.
 * @param endpoint where the site is; found anew by the caller when it has moved
 */
export function createEngineContext(
  ctx: EngineSurroundings,
  target: LinkTarget & { endpoint: string },
  holds: () => boolean,
): EngineContext {
  let pauseMs = 0
  const send = async (requests: readonly Request[]): Promise<CommandResult[]> => {
    if (pauseMs >= 1) await ctx.sleep(pauseMs)
    const startedAt = ctx.now()
    try {
      const commands = requests.map(({ name, args, id }) => ({ id: id ?? ctx.newId('cmd'), name, args }))
      return await sendToSite(ctx, target, commands)
    } finally {
      pauseMs = Math.min((ctx.now() - startedAt) * PAUSE_SHARE, MAX_PAUSE_MS)
    }
  }
  return { replica: ctx.store.replica, now: ctx.now, newId: ctx.newId, random: ctx.random, send, holds }
}
