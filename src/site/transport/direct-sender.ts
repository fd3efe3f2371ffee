import type { Command, CommandResult } from '../../contract/link.ts'
import { LinkError } from './direct/errors.ts'
import type { Sender, SenderContext, SenderWork } from './sender.ts'
import { callTwice } from './second-try.ts'
import { sendToSite } from './site-link.ts'

/** After each request the site rests for this share of the time the request took, at most `MAX_PAUSE_MS`. */
export const PAUSE_SHARE = 0.25
const MAX_PAUSE_MS = 1_000

type DirectContext = Omit<SenderContext, 'store'> & { store: Pick<SenderContext['store'], 'transport'> }

/**
 * Sends a batch, packed if the plugin can read that. If an older plugin has taken its place meanwhile, the batch is sent
 * again as it is; commands keep their ids, so none is executed twice.
 */
async function sendPacked(
  ctx: DirectContext,
  target: SenderWork['target'] & { endpoint: string },
  commands: readonly Command[],
): Promise<CommandResult[]> {
  if (!ctx.store.transport.read().isPacking) return sendToSite(ctx, target, commands)
  try {
    return await sendToSite(ctx, { ...target, isPacked: true }, commands)
  } catch (cause) {
    if (!(cause instanceof LinkError) || cause.code !== 'request_rejected') throw cause
    const results = await sendToSite(ctx, target, commands)
    ctx.store.transport.save({ isPacking: false })
    return results
  }
}

/**
 * Calls the site: one request at a time, and a pause after each that grows with the site's own slowness. Results come
 * in the same await, so a replay never happens and there is nothing to memoize.
 */
export function createDirectSender(
  ctx: DirectContext,
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
          sendPacked(ctx, { ...target, endpoint: await endpoint() }, commands),
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
