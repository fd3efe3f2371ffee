import type { Page } from '../../contract/common.ts'
import type { Term, TermQuery } from '../../contract/terms.ts'
import type { ServiceContext } from '../context.ts'
import { assertSite } from './site.ts'

/** Terms of the site for suggestions, as the last sync read them. @throws ServiceError `site_not_found` */
export async function listTerms({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: TermQuery & { siteId: string }
}): Promise<Page<Term>> {
  const { siteId, ...query } = input
  await assertSite({ ctx, siteId })
  return { results: await ctx.site(siteId).listTerms(query), next: null }
}
