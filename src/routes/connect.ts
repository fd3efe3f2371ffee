import { API_PREFIX } from '../contract/common.ts'
import {
  ConnectApproval,
  ConnectApproved,
  ConnectAsk,
  ConnectDescribe,
  ConnectDescription,
  ConnectExchange,
  ConnectGrant,
  ConnectLook,
  ConnectQuestion,
  ConnectStart,
  ConnectStarted,
  PluginLook,
} from '../contract/connect.ts'
import {
  approveConnect,
  askToConnect,
  describeRequest,
  exchangeConnectCode,
  lookForPlugin,
  startConnect,
} from '../services/connect-codes/index.ts'
import { assertOriginAllowed } from '../services/people/index.ts'
import { created, defineRoute, ok, type Route } from './define.ts'

const PATH = `${API_PREFIX}/connect`
const common = { method: 'post', tag: 'connect' } as const
const ofAddress = ['invalid_site_url', 'private_address', 'return_address_foreign'] as const

export const connectRoutes: Route[] = [
  defineRoute({
    ...common,
    path: `${PATH}/start`,
    operationId: 'startConnect',
    records: { nothing: 'stores nothing; the yes in wp-admin and what follows are recorded' },
    summary: 'Ask a site’s plugin to connect',
    description:
      'Makes the address at which the plugin shows its approve screen in wp-admin. Whoever administers the site sees there who asks.',
    access: { kind: 'person', role: 'admin' },
    throttle: 'integration',
    body: ConnectStart,
    responses: { 200: { description: 'Where the browser goes next', schema: ConnectStarted } },
    errors: ['site_not_found', 'site_inactive'],
    handle: async ({ ctx, body }) => ok(await startConnect({ ctx, input: { siteId: body.site_id } })),
  }),
  defineRoute({
    ...common,
    path: `${PATH}/look`,
    operationId: 'lookForPlugin',
    records: { nothing: 'asks the site' },
    summary: 'Look for the plugin on a site',
    description: 'Calls the site and says whether the plugin is active there. Returns 200 either way.',
    access: { kind: 'person', role: 'editor' },
    throttle: 'integration',
    body: ConnectLook,
    responses: { 200: { description: 'What the call shows', schema: PluginLook } },
    errors: ['site_not_found', 'too_many_requests'],
    handle: async ({ ctx, body }) => ok(await lookForPlugin({ ctx, input: { siteId: body.site_id } })),
  }),
  defineRoute({
    ...common,
    path: `${PATH}/describe`,
    operationId: 'describeConnectRequest',
    records: { nothing: 'only looks' },
    summary: 'Describe who asks to connect',
    description: 'Called by the plugin, from server to server, before it shows its approve screen.',
    access: { kind: 'public' },
    throttle: 'anonymous',
    body: ConnectDescribe,
    responses: { 200: { description: 'Site, account and person', schema: ConnectDescription } },
    errors: [
      'connect_request_invalid',
      'connect_request_expired',
      'connect_code_other_site',
      'invalid_site_url',
      'private_address',
      'origin_not_allowed',
    ],
    handle: async ({ ctx, body, request }) => {
      assertOriginAllowed(ctx.config, request.headers)
      return ok(await describeRequest({ ctx, input: body }))
    },
  }),
  defineRoute({
    ...common,
    path: `${PATH}/question`,
    operationId: 'askToConnect',
    records: { nothing: 'only looks' },
    summary: 'Describe what would be connected',
    description:
      'What a plugin asks for through the browser, checked: the site, the connection that would be replaced, and what refuses it. Changes nothing.',
    access: { kind: 'person', role: 'viewer' },
    throttle: 'integration',
    body: ConnectAsk,
    responses: { 200: { description: 'The question', schema: ConnectQuestion } },
    errors: ofAddress,
    handle: async ({ ctx, body }) => ok(await askToConnect({ ctx, input: body })),
  }),
  defineRoute({
    ...common,
    path: `${PATH}/approve`,
    operationId: 'approveConnect',
    records: { oneOf: ['site.created', 'site.connect_approved'] },
    summary: 'Approve connecting a site',
    description:
      'Adds the site if the account has none with its address, and makes a code, valid for a minute and for one use, that the browser brings to the plugin. The code alone is worth nothing: the exchange needs the verifier.',
    access: { kind: 'person', role: 'admin' },
    throttle: 'integration',
    body: ConnectApproval,
    responses: { 201: { description: 'Where the browser goes next', schema: ConnectApproved } },
    errors: [
      ...ofAddress,
      'connected_elsewhere',
      'site_inactive',
      'sync_disabled',
      'conflict',
      'quota_exceeded',
      'account_leaving',
      'site_not_found',
      'too_many_types',
      'invalid_slug',
    ],
    // the answer holds a code that is valid for a minute
    withoutIdempotency: true,
    handle: async ({ ctx, body }) => created(await approveConnect({ ctx, input: body })),
  }),
  defineRoute({
    ...common,
    path: `${PATH}/exchange`,
    operationId: 'exchangeConnectCode',
    records: { oneOf: ['api_key.created', 'integration.created', 'integration.change_confirmed'] },
    summary: 'Exchange a code for an API key',
    description:
      'Called by the plugin, from server to server. Needs the code, the verifier of its challenge (PKCE, S256) and the address that it was approved for. Of several exchanges at once one succeeds.',
    access: { kind: 'public' },
    throttle: 'anonymous',
    body: ConnectExchange,
    responses: { 201: { description: 'A new API key, in this answer alone', schema: ConnectGrant } },
    errors: [
      'connect_code_invalid',
      'connect_code_other_site',
      'connect_code_used',
      'connect_code_expired',
      'invalid_site_url',
      'private_address',
      'quota_exceeded',
      'site_not_found',
      'site_inactive',
      'integration_exists',
      'integration_not_found',
      'origin_not_allowed',
      'account_suspended',
    ],
    handle: async ({ ctx, body, request }) => {
      assertOriginAllowed(ctx.config, request.headers)
      const requestedFrom = request.headers.get('cf-connecting-ip')
      return created(await exchangeConnectCode({ ctx, input: body, requestedFrom }))
    },
  }),
]
