import { API_PREFIX } from '../contract/common.ts'
import { MailSubscription, UnsubscribeQuery } from '../contract/mail.ts'
import { getSubscription, setSubscribed } from '../services/mail/index.ts'
import { assertOriginAllowed } from '../services/people/index.ts'
import { defineRoute, noContent, ok, type Route } from './define.ts'

const BASE = `${API_PREFIX}/mail`
const common = { tag: 'mail', access: { kind: 'public' }, query: UnsubscribeQuery } as const

export const mailRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'post',
    path: `${BASE}/unsubscribe`,
    operationId: 'unsubscribe',
    records: { nothing: 'whether oneself gets mail' },
    summary: 'Unsubscribe by the link of a mail',
    description: 'What mail programs call (RFC 8058). The body is not read. Repeating it changes nothing.',
    // a provider sends the clicks of many people from few addresses; a forged token costs one HMAC
    throttle: 'none',
    responses: { 204: { description: 'Unsubscribed', schema: null } },
    errors: ['unsubscribe_link_invalid', 'origin_not_allowed'],
    handle: async ({ ctx, query, request }) => {
      assertOriginAllowed(ctx.config, request.headers)
      await setSubscribed({ ctx, input: { token: query.token, subscribed: false } })
      return noContent()
    },
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${BASE}/unsubscribe`,
    operationId: 'askToUnsubscribe',
    summary: 'Open the page that asks whether to unsubscribe',
    description: 'Where a browser gets that follows the link of a mail. Changes nothing.',
    throttle: 'anonymous',
    responses: { 303: { description: 'The page of the web app', schema: null } },
    handle: async ({ ctx, query }) => {
      const location = `${ctx.config.publicUrl}/unsubscribe#token=${encodeURIComponent(query.token)}`
      return { status: 303, response: new Response(null, { status: 303, headers: { location } }) }
    },
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${BASE}/subscription`,
    operationId: 'getMailSubscription',
    summary: 'Retrieve what the link of a mail is about',
    throttle: 'anonymous',
    responses: { 200: { description: 'The subscription', schema: MailSubscription } },
    errors: ['unsubscribe_link_invalid'],
    handle: async ({ ctx, query }) => ok(await getSubscription({ ctx, input: query })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${BASE}/resubscribe`,
    operationId: 'resubscribe',
    records: { nothing: 'whether oneself gets mail' },
    summary: 'Subscribe again by the link of a mail',
    throttle: 'anonymous',
    responses: { 204: { description: 'Subscribed', schema: null } },
    errors: ['unsubscribe_link_invalid', 'origin_not_allowed'],
    handle: async ({ ctx, query, request }) => {
      assertOriginAllowed(ctx.config, request.headers)
      await setSubscribed({ ctx, input: { token: query.token, subscribed: true } })
      return noContent()
    },
  }),
]
