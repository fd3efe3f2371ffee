import * as z from 'zod'
import { API_PREFIX, listOf, ListQuery, SiteId } from '../contract/common.ts'
import { Site, SiteCreate, SiteUpdate } from '../contract/sites.ts'
import { createSite, deleteSite, getSite, listSites, updateSite } from '../services/sites/index.ts'
import { created, defineRoute, noContent, ok, type Route } from './define.ts'

const COLLECTION = `${API_PREFIX}/sites`
const DETAIL = `${COLLECTION}/:site_id`

const Params = z.lazy(() => z.object({ site_id: SiteId }))
const reads = { kind: 'member', role: 'viewer', scope: 'integration:read' } as const
const admins = { kind: 'person', role: 'admin' } as const
const common = { tag: 'sites', throttle: 'integration' } as const

export const siteRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: COLLECTION,
    operationId: 'listSites',
    summary: 'List sites',
    description: 'The account’s sites. With an API key, only the key’s site.',
    access: reads,
    query: ListQuery,
    responses: { 200: { description: 'One page, oldest first', schema: listOf(Site) } },
    errors: ['invalid_cursor'],
    handle: async ({ ctx, query }) => ok(await listSites({ ctx, input: query })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: COLLECTION,
    operationId: 'createSite',
    records: 'site.created',
    summary: 'Add a site',
    access: admins,
    body: SiteCreate,
    responses: { 201: { description: 'Added', schema: Site } },
    errors: ['quota_exceeded', 'account_leaving'],
    handle: async ({ ctx, body }) => created(await createSite({ ctx, input: body })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: DETAIL,
    operationId: 'getSite',
    summary: 'Retrieve a site',
    access: reads,
    params: Params,
    responses: { 200: { description: 'The site', schema: Site } },
    errors: ['site_not_found'],
    handle: async ({ ctx, params }) => ok(await getSite({ ctx, input: { siteId: params.site_id } })),
  }),
  defineRoute({
    ...common,
    method: 'patch',
    path: DETAIL,
    operationId: 'updateSite',
    records: 'site.updated',
    summary: 'Change a site',
    description: 'A site that is switched off keeps its data. Its keys are refused and its integrations stop.',
    access: admins,
    params: Params,
    body: SiteUpdate,
    responses: { 200: { description: 'The changed site', schema: Site } },
    errors: ['site_not_found', 'account_leaving'],
    handle: async ({ ctx, params, body }) => ok(await updateSite({ ctx, input: { ...body, siteId: params.site_id } })),
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: DETAIL,
    operationId: 'deleteSite',
    records: 'site.deleted',
    summary: 'Delete a site',
    description: 'Deletes its integrations, its keys and all synced content, too. Repeat it after a 503.',
    access: admins,
    params: Params,
    responses: { 204: { description: 'Deleted', schema: null } },
    errors: ['site_not_found', 'unavailable'],
    handle: async ({ ctx, params }) => {
      await deleteSite({ ctx, input: { siteId: params.site_id } })
      return noContent()
    },
  }),
]
