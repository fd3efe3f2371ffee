import * as z from 'zod'
import { Activity, ActivityQuery, RunDetail } from '../contract/activity.ts'
import { API_PREFIX, IntegrationId, listOf, ListQuery, RunId } from '../contract/common.ts'
import { LiveMessage, LiveQuery } from '../contract/live.ts'
import { EventFilter, SyncEvent } from '../contract/sync.ts'
import { listActivity, listEvents } from '../services/events/index.ts'
import { watchIntegration } from '../services/live/index.ts'
import { getRun } from '../services/runs/index.ts'
import { defineRoute, ok, type Route } from './define.ts'

const DETAIL = `${API_PREFIX}/integration/integrations/:integration_id`

const Params = z.lazy(() => z.object({ integration_id: IntegrationId }))
const reads = { kind: 'member', role: 'editor', scope: 'integration:read' } as const
const common = { method: 'get', tag: 'activity', throttle: 'integration', access: reads } as const

const LIVE = `A WebSocket on which the server tells what changes; each message is JSON of the schema below. \`ready\` comes first, then
the state as it is, then what changes. \`ping\` is answered with \`pong\`; any other message ends the connection. Before it
closes the server says \`bye\`: after 4001 connect again at once, after 1013 after a pause, after other codes of 4000 and above not by yourself.`

export const activityRoutes: Route[] = [
  defineRoute({
    ...common,
    path: `${DETAIL}/live`,
    operationId: 'watchIntegration',
    summary: 'Live messages',
    description: LIVE.replaceAll('\n', ' '),
    params: Params,
    query: LiveQuery,
    responses: { 101: { description: 'The connection; each message is this', schema: LiveMessage } },
    errors: ['integration_not_found', 'upgrade_required', 'origin_not_allowed'],
    handle: async ({ ctx, params, request }) => ({
      status: 101,
      response: await watchIntegration({ ctx, input: { id: params.integration_id, headers: request.headers } }),
    }),
  }),
  defineRoute({
    ...common,
    path: `${DETAIL}/runs/:run_id`,
    operationId: 'getRun',
    summary: 'A run with its steps',
    params: z.lazy(() => Params.unwrap().extend({ run_id: RunId })),
    responses: { 200: { description: 'The run, what it did, and what that took', schema: RunDetail } },
    errors: ['integration_not_found', 'run_not_found'],
    handle: async ({ ctx, params }) =>
      ok(await getRun({ ctx, input: { id: params.integration_id, runId: params.run_id } })),
  }),
  defineRoute({
    ...common,
    path: `${DETAIL}/events`,
    operationId: 'listEvents',
    summary: 'Sync events, newest first',
    params: Params,
    query: z.lazy(() => ListQuery.unwrap().extend(EventFilter.unwrap().shape)),
    responses: { 200: { description: 'One page', schema: listOf(SyncEvent) } },
    errors: ['integration_not_found', 'invalid_cursor'],
    handle: async ({ ctx, params, query }) =>
      ok(await listEvents({ ctx, input: { ...query, id: params.integration_id } })),
  }),
  defineRoute({
    ...common,
    path: `${DETAIL}/activity`,
    operationId: 'getActivity',
    summary: 'Runs, failures and changes by day',
    params: Params,
    query: ActivityQuery,
    responses: { 200: { description: 'One entry a day, today last', schema: Activity } },
    errors: ['integration_not_found'],
    handle: async ({ ctx, params, query }) =>
      ok(await listActivity({ ctx, input: { id: params.integration_id, days: query.days } })),
  }),
]
