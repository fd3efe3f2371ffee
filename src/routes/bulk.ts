import * as z from 'zod'
import { BulkAnswer, BulkId, BulkItem, BulkItemsQuery, BulkJob, BulkRequest } from '../contract/bulk.ts'
import { API_PREFIX, listOf, ListQuery, SiteId } from '../contract/common.ts'
import {
  changeItems,
  getChange,
  listChangedItems,
  listChanges,
  retryChange,
  undoChange,
} from '../services/bulk/index.ts'
import { accepted, defineRoute, ok, type Route } from './define.ts'

const COLLECTION = `${API_PREFIX}/sites/:site_id/bulk`
const DETAIL = `${COLLECTION}/:bulk_id`

const SiteParams = z.lazy(() => z.object({ site_id: SiteId }))
const Params = z.lazy(() => SiteParams.unwrap().extend({ bulk_id: BulkId }))
const reads = { kind: 'member', role: 'viewer', scope: 'content:read' } as const
const writes = { kind: 'member', role: 'editor', scope: 'content:write' } as const
const common = { tag: 'content', throttle: 'integration' } as const
const notFound = ['site_not_found', 'bulk_not_found'] as const

/** One event of the site for each job, with its counts, which names who did it. */
const IS_CONTENT = { nothing: 'an event of the site' } as const

const toInput = ({ site_id: siteId, bulk_id: jobId }: z.infer<typeof Params>) => ({ siteId, jobId })

export const bulkRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'post',
    path: COLLECTION,
    operationId: 'changeItems',
    records: IS_CONTENT,
    summary: 'Change many items',
    description:
      'With `dry_run` it says what would change, and what can’t and why. Else it starts a job in the background: one at a time for each site, further ones wait. What changes is sent to WordPress as after an edit. `GET` the job until it is `done`.',
    access: writes,
    params: SiteParams,
    body: BulkRequest,
    responses: {
      200: { description: 'With `dry_run`: what it would do', schema: BulkAnswer },
      202: { description: 'The job', schema: BulkAnswer },
    },
    errors: ['site_not_found', 'sync_disabled', 'bulk_too_large', 'bulk_queue_full'],
    handle: async ({ ctx, params, body }) => {
      const result = await changeItems({ ctx, input: { ...body, siteId: params.site_id } })
      return result.job === null ? ok(result) : accepted(result)
    },
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: COLLECTION,
    operationId: 'listBulkJobs',
    summary: 'List bulk jobs',
    access: reads,
    params: SiteParams,
    query: ListQuery,
    responses: { 200: { description: 'One page, newest first; they are kept for 30 days', schema: listOf(BulkJob) } },
    errors: ['site_not_found', 'invalid_cursor'],
    handle: async ({ ctx, params, query }) =>
      ok(await listChanges({ ctx, input: { ...query, siteId: params.site_id } })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: DETAIL,
    operationId: 'getBulkJob',
    summary: 'Retrieve a bulk job',
    access: reads,
    params: Params,
    responses: { 200: { description: 'How far it is', schema: BulkJob } },
    errors: notFound,
    handle: async ({ ctx, params }) => ok(await getChange({ ctx, input: toInput(params) })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${DETAIL}/items`,
    operationId: 'listBulkItems',
    summary: 'List the items of a bulk job',
    access: reads,
    params: Params,
    query: BulkItemsQuery,
    responses: { 200: { description: 'One page, with what became of each item', schema: listOf(BulkItem) } },
    errors: [...notFound, 'invalid_cursor'],
    handle: async ({ ctx, params, query }) =>
      ok(await listChangedItems({ ctx, input: { ...toInput(params), ...query } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/undo`,
    operationId: 'undoBulkJob',
    records: IS_CONTENT,
    summary: 'Take a bulk job back',
    description:
      'A job of its own, in the background. Its items get back what the job has changed of them. What was changed since stays as it is, and is listed.',
    access: writes,
    params: Params,
    responses: { 202: { description: 'The undo', schema: BulkJob } },
    errors: [...notFound, 'bulk_running', 'nothing_to_undo', 'bulk_queue_full'],
    handle: async ({ ctx, params }) => accepted(await undoChange({ ctx, input: toInput(params) })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/retry`,
    operationId: 'retryBulkJob',
    records: IS_CONTENT,
    summary: 'Repeat a bulk job for what failed',
    description: 'Items that it could not change are changed if they can be now; those that failed are sent again.',
    access: writes,
    params: Params,
    responses: { 202: { description: 'The job that repeats it', schema: BulkJob } },
    errors: [...notFound, 'bulk_running', 'nothing_to_retry', 'bulk_queue_full'],
    handle: async ({ ctx, params }) => accepted(await retryChange({ ctx, input: toInput(params) })),
  }),
]
