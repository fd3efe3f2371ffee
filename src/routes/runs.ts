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
    records: { nothing: 'the run names who asked for it' },
    summary: 'Start a drift check',
    description:
      'Compares all content with the site, and repairs differences that neither webhooks nor modification times reveal. While a check is unfinished, returns that one. The result is in `content-types` as `drift_check`.',
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
    summary: 'List runs',
    access: reads,
    params: Params,
    query: ListQuery,
    responses: { 200: { description: 'One page, newest first', schema: listOf(Run) } },
    errors: ['integration_not_found', 'invalid_cursor'],
    handle: async ({ ctx, params, query }) =>
      ok(await listRuns({ ctx, input: { ...query, id: params.integration_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/runs/:run_id/cancel`,
    operationId: 'cancelRun',
    records: { nothing: 'an event of the site names who did it' },
    summary: 'Cancel a run',
    description: 'Changes already made stay. A run that has ended is not changed.',
    access: writes,
    params: z.lazy(() => Params.unwrap().extend({ run_id: RunId })),
    responses: { 200: { description: 'The cancelled run', schema: Run } },
    errors: ['integration_not_found', 'run_not_found'],
    handle: async ({ ctx, params }) =>
      ok(await cancelRun({ ctx, input: { id: params.integration_id, runId: params.run_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/sync-wordpress-content`,
    operationId: 'syncItem',
    records: { nothing: 'an event of the site names who did it' },
    summary: 'Sync one item now',
    access: writes,
    params: Params,
    body: SyncItemRequest,
    responses: { 200: { description: 'The synced item', schema: Item } },
    errors: [
      'integration_not_found',
      'sync_disabled',
      'item_not_found',
      'type_denied',
      'post_left_alone',
      'unreachable',
    ],
    handle: async ({ ctx, params, body }) =>
      ok(await syncItem({ ctx, input: { id: params.integration_id, contentId: String(body.content_id) } })),
  }),
]
