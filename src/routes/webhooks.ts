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
    records: { nothing: 'the site’s own request, signed' },
    summary,
    description:
      'Sent by the plugin. The headers `webhook-id`, `webhook-timestamp` and `webhook-signature` sign the raw body (Standard Webhooks). When it is accepted it is stored. Repeats have no effect.',
    access: { kind: 'api_key', scope: 'integration:write' },
    body,
    responses: { 202: { description: 'Stored', schema: WebhookAccepted } },
    errors: [
      'signature_missing',
      'webhook_id_invalid',
      'timestamp_out_of_range',
      'signature_invalid',
      'integration_not_found',
    ],
    handle: async ({ ctx, request, rawBody }) =>
      accepted(await receiveWebhook({ ctx, input: { headers: request.headers, body: await rawBody() } })),
  })

export const webhookRoutes: Route[] = [
  webhookRoute('status', 'Report a created, edited, trashed or deleted post', StatusEvent),
  webhookRoute('metadata', 'Report changed terms or meta of a post', MetadataEvent),
]
