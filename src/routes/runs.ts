import * as z from 'zod'
import { API_PREFIX, IntegrationId, listOf, ListQuery, RunId } from '../contract/common.ts'
import { Item, SyncItemRequest } from '../contract/content.ts'
import { Run } from '../contract/sync.ts'
import { syncItem, cancelRun, listRuns, startDriftCheck } from '../services/runs/index.ts'
import { accepted, defineRoute, ok, type Route } from './define.ts'

const DETAIL = `${API_PREFIX}/integration/integrations/:integration_id`

const Params = z.lazy(() => z.object({ integration_id: IntegrationId }))
const reads = { kind: 'member', role: 'editor', scope: 'integration:read' } as const
const writes = { kind: 'member', role: 'editor', scope: 'integration:write' } as const
const common = { tag: 'integrations', throttle: 'integration' } as const

export const runRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/check-drift`,
    operationId: 'startDriftCheck',
    summary: 'Compare every post with the site now',
    description:
      'Finds what no webhook told and no time of change shows, and repairs it. One audit at a time: while one is under way, that one is the answer. The result is in `content-types` as `drift_check`.',
    access: writes,
    params: Params,
    responses: { 202: { description: 'The run', schema: Run } },
    errors: ['integration_not_found', 'sync_disabled'],
    handle: async ({ ctx, params }) => accepted(await startDriftCheck({ ctx, input: { id: params.integration_id } })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${DETAIL}/runs`,
    operationId: 'listRuns',
    summary: 'Runs, newest first',
    access: reads,
    params: Params,
    query: ListQuery,
    responses: { 200: { description: 'One page', schema: listOf(Run) } },
    errors: ['integration_not_found', 'invalid_cursor'],
    handle: async ({ ctx, params, query }) =>
      ok(await listRuns({ ctx, input: { ...query, id: params.integration_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/runs/:run_id/cancel`,
    operationId: 'cancelRun',
    summary: 'Cancel a run',
    description: 'What it has done stays; a run that has ended stays as it is.',
    access: writes,
    params: z.lazy(() => Params.unwrap().extend({ run_id: RunId })),
    responses: { 200: { description: 'The run as it is now', schema: Run } },
    errors: ['integration_not_found', 'run_not_found'],
    handle: async ({ ctx, params }) =>
      ok(await cancelRun({ ctx, input: { id: params.integration_id, runId: params.run_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/sync-wordpress-content`,
    operationId: 'syncItem',
    summary: 'Sync one item now',
    access: writes,
    params: Params,
    body: SyncItemRequest,
    responses: { 200: { description: 'The item after it', schema: Item } },
    errors: ['integration_not_found', 'sync_disabled', 'item_not_found', 'unreachable'],
    handle: async ({ ctx, params, body }) =>
      ok(await syncItem({ ctx, input: { id: params.integration_id, contentId: String(body.content_id) } })),
  }),
]
