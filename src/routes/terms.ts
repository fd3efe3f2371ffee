import * as z from 'zod'
import { API_PREFIX, listOf, SiteId } from '../contract/common.ts'
import { Term, TermQuery } from '../contract/terms.ts'
import { listTerms } from '../services/content/terms.ts'
import { defineRoute, ok, type Route } from './define.ts'

export const termRoutes: Route[] = [
  defineRoute({
    tag: 'content',
    throttle: 'integration',
    method: 'get',
    path: `${API_PREFIX}/sites/:site_id/terms`,
    operationId: 'listTerms',
    summary: 'List terms',
    description:
      'Terms of one taxonomy for suggestions, as the last sync read them. Those that begin with `search` come first.',
    access: { kind: 'member', role: 'viewer', scope: 'content:read' },
    params: z.lazy(() => z.object({ site_id: SiteId })),
    query: TermQuery,
    responses: { 200: { description: 'At most `limit` terms, by name', schema: listOf(Term) } },
    errors: ['site_not_found'],
    handle: async ({ ctx, params, query }) => ok(await listTerms({ ctx, input: { ...query, siteId: params.site_id } })),
  }),
]
