import type * as z from 'zod'
import { API_PREFIX } from '../contract/common.ts'
import { MetadataEvent, StatusEvent, WebhookAccepted } from '../contract/webhooks.ts'
import { receiveWebhook } from '../services/inbound/index.ts'
import { accepted, defineRoute, type Route } from './define.ts'

const webhookRoute = (kind: 'status' | 'metadata', summary: string, body: z.ZodType): Route =>
  defineRoute({
    tag: 'webhooks',
    throttle: 'integration',
    method: 'post',
    path: `${API_PREFIX}/integration/webhooks/wordpress/${kind}`,
    operationId: `receive${kind === 'status' ? 'Status' : 'Metadata'}Webhook`,
    summary,
    description:
      'Sent by the plugin, with the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` of Standard Webhooks over the raw body. Accepted means stored; a repeat has no effect.',
    access: { kind: 'api_key', scope: 'integration:write' },
    body,
    responses: { 202: { description: 'Durably stored', schema: WebhookAccepted } },
    errors: ['signature_missing', 'timestamp_out_of_range', 'signature_invalid', 'integration_not_found'],
    handle: async ({ ctx, request, rawBody }) =>
      accepted(await receiveWebhook({ ctx, input: { headers: request.headers, body: await rawBody() } })),
  })

export const webhookRoutes: Route[] = [
  webhookRoute('status', 'A post was made, edited, trashed or deleted', StatusEvent),
  webhookRoute('metadata', 'Terms or meta of a post have changed', MetadataEvent),
]
