import type { Structure } from '../../contract/structure.ts'
import { LinkError } from '../transport/direct/errors.ts'
import { callTwice } from '../transport/second-try.ts'
import { askSite, findSite, type LinkContext, type LinkTarget } from '../transport/site-link.ts'

/** Errors after which the endpoint is discovered again: the site may have moved its REST API. */
const MOVED = new Set([
  'rest_not_found',
  'plugin_not_found',
  'answered_html',
  'redirect_loses_post',
  'redirected_elsewhere',
])

/**
 * Fetches the site's structure from the known endpoint, or from the one that discovery finds if the known one has
 * moved.
 * @throws LinkError
 */
export async function fetchStructure(
  ctx: LinkContext & { sleep: (ms: number) => Promise<void> },
  target: LinkTarget & { commandsUrl: string | null },
): Promise<{ structure: Structure; endpoint: string }> {
  const { commandsUrl: known } = target
  if (known !== null) {
    try {
      const { data } = await callTwice(ctx.sleep, () => askSite(ctx, target, known, 'structure'))
      return { structure: data, endpoint: known }
    } catch (cause) {
      if (!(cause instanceof LinkError && MOVED.has(cause.code))) throw cause
    }
  }
  const { commandsUrl } = await findSite(ctx, target, null)
  const { data } = await callTwice(ctx.sleep, () => askSite(ctx, target, commandsUrl, 'structure'))
  return { structure: data, endpoint: commandsUrl }
}
