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
    records: { nothing: 'the site’s own request, signed' },
    summary: 'Poll for commands',
    description:
      'Sent by the plugin of a site that can’t be called. The headers `webhook-id`, `webhook-timestamp` and `webhook-signature` sign the raw body (Standard Webhooks). The response is signed in the same way, with the same id. A response may have the header `x-igny8-ticket`: send it back with the next polls, which are then answered with less work. Repeats have no second effect.',
    access: { kind: 'api_key', scope: 'integration:write' },
    takesTicket: true,
    params: Params,
    body: PollRequest,
    responses: { 200: { description: 'The next commands for the site', schema: PollAnswer } },
    errors: [
      'signature_missing',
      'webhook_id_invalid',
      'timestamp_out_of_range',
      'signature_invalid',
      'integration_not_found',
    ],
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
    records: 'site.moved',
    summary: 'Move a site to another address',
    description:
      'Sent by the plugin when its owner confirms the move, signed like a webhook. IGNY8 calls the new address and changes integration and site only after it answered a signed command. Repeats have no second effect.',
    access: { kind: 'api_key', scope: 'integration:write' },
    params: Params,
    body: MoveRequest,
    responses: { 200: { description: 'The site answered at its new address and was moved', schema: TestResult } },
    errors: [
      'signature_missing',
      'webhook_id_invalid',
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
