import type { ListQuery, Page } from '../../contract/common.ts'
import type { Run } from '../../contract/sync.ts'
import type { Context } from '../context.ts'
import { readCursor, toPage } from '../cursor.ts'
import { loadIntegration } from '../integrations/internal.ts'

/** The runs of an integration, newest first. @throws ServiceError `integration_not_found`, `invalid_cursor` */
export async function listRuns({
  ctx,
  input,
}: {
  ctx: Context
  input: ListQuery & { id: string }
}): Promise<Page<Run>> {
  const before = readCursor(input.cursor)
  const { siteId } = await loadIntegration({ ctx, id: input.id })
  const runs = await ctx.site(siteId).listRuns(input.id, input.limit + 1, before)
  return toPage(runs, input.limit, (run) => run)
}
