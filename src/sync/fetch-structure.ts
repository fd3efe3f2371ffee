import type { Structure } from '../contract/structure.ts'
import { LinkError } from './link/errors.ts'
import { askSite, findSite, type LinkContext, type LinkTarget } from './site-link.ts'

/** Answers after which the endpoint that worked before is looked for again: the site may have moved its REST API. */
const MOVED = new Set([
  'rest_not_found',
  'plugin_not_found',
  'answered_html',
  'redirect_loses_post',
  'redirected_elsewhere',
])

/** The site's structure, from the known endpoint, or from the one found anew where that has moved. @throws LinkError */
export async function fetchStructure(
  ctx: LinkContext,
  target: LinkTarget & { commandsUrl: string | null },
): Promise<Structure> {
  if (target.commandsUrl !== null) {
    try {
      return (await askSite(ctx, target, target.commandsUrl, 'structure')).data
    } catch (cause) {
      if (!(cause instanceof LinkError && MOVED.has(cause.code))) throw cause
    }
  }
  const found = await findSite(ctx, target, null)
  return (await askSite(ctx, target, found.commandsUrl, 'structure')).data
}
