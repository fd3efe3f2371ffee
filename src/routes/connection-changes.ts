import * as z from 'zod'
import { API_PREFIX, IntegrationId } from '../contract/common.ts'
import { ConnectionChangeAnswer, ConnectionChangeDecision } from '../contract/connection-changes.ts'
import { TestResult } from '../contract/integrations.ts'
import { confirmConnectionChange, getConnectionChange, refuseConnectionChange } from '../services/connections/index.ts'
import { defineRoute, noContent, ok, type Route } from './define.ts'

const PATH = `${API_PREFIX}/integration/integrations/:integration_id/connection-change`

const Params = z.lazy(() => z.object({ integration_id: IntegrationId }))
const common = {
  tag: 'integrations',
  throttle: 'integration',
  access: { kind: 'person', role: 'editor' },
  params: Params,
} as const

export const connectionChangeRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: PATH,
    operationId: 'getConnectionChange',
    summary: 'Retrieve the change that waits for confirmation',
    description:
      'A new signing secret or address that a connect request with the API key alone asked for. It waits for a week.',
    responses: { 200: { description: 'The change, or null', schema: ConnectionChangeAnswer } },
    errors: ['integration_not_found'],
    handle: async ({ ctx, params }) => ok(await getConnectionChange({ ctx, input: { id: params.integration_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${PATH}/confirm`,
    operationId: 'confirmConnectionChange',
    records: { oneOf: ['integration.change_confirmed', 'integration.connection_changed'] },
    summary: 'Confirm a change of the connection',
    description:
      'Calls the site and makes the change if it answers with the new secret. If the site can’t be called, the change stays confirmed, and the plugin completes it. Returns 200 with the result of the call either way.',
    body: ConnectionChangeDecision,
    responses: { 200: { description: 'The result of the call', schema: TestResult } },
    errors: ['integration_not_found', 'connection_change_not_found', 'sync_disabled', 'conflict'],
    handle: async ({ ctx, params, body }) =>
      ok(await confirmConnectionChange({ ctx, input: { id: params.integration_id, changeId: body.change_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${PATH}/refuse`,
    operationId: 'refuseConnectionChange',
    records: 'integration.change_refused',
    summary: 'Refuse a change of the connection',
    body: ConnectionChangeDecision,
    responses: { 204: { description: 'Refused; the connection stays as it is', schema: null } },
    errors: ['integration_not_found', 'connection_change_not_found'],
    handle: async ({ ctx, params, body }) => {
      await refuseConnectionChange({ ctx, input: { id: params.integration_id, changeId: body.change_id } })
      return noContent()
    },
  }),
]
