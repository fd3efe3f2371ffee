import * as z from 'zod'
import { API_PREFIX, IntegrationId } from '../contract/common.ts'
import { ExchangeAnswer, ExchangeRequest } from '../contract/exchange.ts'
import { receiveExchange } from '../services/exchange/receive.ts'
import { defineRoute, type Route } from './define.ts'

const Params = z.lazy(() => z.object({ integration_id: IntegrationId }))

export const exchangeRoutes: Route[] = [
  defineRoute({
    tag: 'integrations',
    throttle: 'integration',
    method: 'post',
    path: `${API_PREFIX}/integration/integrations/:integration_id/exchange`,
    operationId: 'exchange',
    summary: 'The site calls for its commands',
    description:
      'Sent by the plugin of a site that can’t be called, with the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` of Standard Webhooks over the raw body. The answer is signed likewise, under the same id. Repeating a call has no second effect.',
    access: { kind: 'api_key', scope: 'integration:write' },
    params: Params,
    body: ExchangeRequest,
    responses: { 200: { description: 'What the site is to do next', schema: ExchangeAnswer } },
    errors: ['signature_missing', 'timestamp_out_of_range', 'signature_invalid', 'integration_not_found'],
    handle: async ({ ctx, params, request, rawBody }) => {
      const input = { id: params.integration_id, headers: request.headers, body: await rawBody() }
      const { body, headers } = await receiveExchange({ ctx, input })
      return { status: 200, body: JSON.parse(body), text: body, headers }
    },
  }),
]
