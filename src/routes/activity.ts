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

const LIVE = `A WebSocket with live changes. Each message is JSON of the schema below: \`ready\` first, then the
current state, then changes. The server answers \`ping\` with \`pong\` and closes the connection on any other message. It
sends \`bye\` before it closes. Reconnect at once after 4001 and after a pause after 1013; don’t reconnect automatically after other codes from 4000 on.`

export const activityRoutes: Route[] = [
  defineRoute({
    ...common,
    path: `${DETAIL}/live`,
    operationId: 'watchIntegration',
    summary: 'Watch an integration live',
    description: LIVE.replaceAll('\n', ' '),
    params: Params,
    query: LiveQuery,
    responses: { 101: { description: 'Switching to WebSocket. Schema of each message', schema: LiveMessage } },
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
    summary: 'Retrieve a run with its steps',
    params: z.lazy(() => Params.unwrap().extend({ run_id: RunId })),
    responses: { 200: { description: 'The run with its steps', schema: RunDetail } },
    errors: ['integration_not_found', 'run_not_found'],
    handle: async ({ ctx, params }) =>
      ok(await getRun({ ctx, input: { id: params.integration_id, runId: params.run_id } })),
  }),
  defineRoute({
    ...common,
    path: `${DETAIL}/events`,
    operationId: 'listEvents',
    summary: 'List sync events',
    params: Params,
    query: z.lazy(() => ListQuery.unwrap().extend(EventFilter.unwrap().shape)),
    responses: { 200: { description: 'One page, newest first', schema: listOf(SyncEvent) } },
    errors: ['integration_not_found', 'invalid_cursor'],
    handle: async ({ ctx, params, query }) =>
      ok(await listEvents({ ctx, input: { ...query, id: params.integration_id } })),
  }),
  defineRoute({
    ...common,
    path: `${DETAIL}/activity`,
    operationId: 'getActivity',
    summary: 'Count runs, failures and changes by day',
    params: Params,
    query: ActivityQuery,
    responses: { 200: { description: 'One entry per day, today last', schema: Activity } },
    errors: ['integration_not_found'],
    handle: async ({ ctx, params, query }) =>
      ok(await listActivity({ ctx, input: { id: params.integration_id, days: query.days } })),
  }),
]
