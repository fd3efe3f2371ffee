import type { Sender, SenderContext, SenderWork } from './sender.ts'
import { callTwice } from './second-try.ts'
import { sendToSite } from './site-link.ts'

/** After each request the site rests for this share of the time the request took, at most `MAX_PAUSE_MS`. */
const PAUSE_SHARE = 0.25
const MAX_PAUSE_MS = 1_000
/**
 * Calls the site: one request at a time, and a pause after each that grows with the site's own slowness. Results come
 * in the same await, so a replay never happens and there is nothing to memoize.
 */
export function createDirectSender(
  ctx: Omit<SenderContext, 'store'>,
  { target, endpoint }: Pick<SenderWork, 'target' | 'endpoint'>,
): Sender {
  let pauseMs = 0
  return {
    send: async (requests) => {
      if (pauseMs >= 1) await ctx.sleep(pauseMs)
      const startedAt = ctx.now()
      try {
        const commands = requests.map(({ name, args, id }) => ({ id: id ?? ctx.newId('cmd'), name, args }))
        return await callTwice(ctx.sleep, async () =>
          sendToSite(ctx, { ...target, endpoint: await endpoint() }, commands),
        )
      } finally {
        pauseMs = Math.min((ctx.now() - startedAt) * PAUSE_SHARE, MAX_PAUSE_MS)
      }
    },
    memo: () => null,
    memoize: () => undefined,
    commit: () => undefined,
  }
}
