import * as z from 'zod'
import { API_PREFIX, IntegrationId } from '../contract/common.ts'
import { PollAnswer, PollRequest } from '../contract/polling.ts'
import { TestResult } from '../contract/integrations.ts'
import { MoveRequest } from '../contract/move.ts'
import { receivePoll } from '../services/inbound/index.ts'
import { moveIntegration } from '../services/connections/index.ts'
import { defineRoute, ok, type Route } from './define.ts'

const Params = z.lazy(() => z.object({ integration_id: IntegrationId }))

export const pollingRoutes: Route[] = [
  defineRoute({
    tag: 'integrations',
    throttle: 'integration',
    method: 'post',
    path: `${API_PREFIX}/integration/integrations/:integration_id/poll`,
    operationId: 'poll',
    summary: 'The site calls for its commands',
    description:
      'Sent by the plugin of a site that can’t be called, with the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` of Standard Webhooks over the raw body. The answer is signed likewise, under the same id. Repeating a call has no second effect.',
    access: { kind: 'api_key', scope: 'integration:write' },
    params: Params,
    body: PollRequest,
    responses: { 200: { description: 'What the site is to do next', schema: PollAnswer } },
    errors: ['signature_missing', 'timestamp_out_of_range', 'signature_invalid', 'integration_not_found'],
    handle: async ({ ctx, params, request, rawBody }) => {
      const input = { id: params.integration_id, headers: request.headers, body: await rawBody() }
      const { body, headers } = await receivePoll({ ctx, input })
      return { status: 200, body: JSON.parse(body), text: body, headers }
    },
  }),
  defineRoute({
    tag: 'integrations',
    throttle: 'integration',
    method: 'post',
    path: `${API_PREFIX}/integration/integrations/:integration_id/move`,
    operationId: 'moveIntegration',
    summary: 'The site has another address',
    description:
      'Sent by the plugin when its owner says that the site has moved, signed as webhooks are. The new address is called, and has to answer a signed command, before integration and site follow. Repeating it has no second effect.',
    access: { kind: 'api_key', scope: 'integration:write' },
    params: Params,
    body: MoveRequest,
    responses: { 200: { description: 'The site answered there, and was followed', schema: TestResult } },
    errors: [
      'signature_missing',
      'timestamp_out_of_range',
      'signature_invalid',
      'integration_not_found',
      'sync_disabled',
      'site_url_taken',
      'conflict',
      'unreachable',
    ],
    handle: async ({ ctx, params, body, request, rawBody }) => {
      const message = { headers: request.headers, body: await rawBody() }
      return ok(await moveIntegration({ ctx, input: { id: params.integration_id, request: body, message } }))
    },
  }),
]
