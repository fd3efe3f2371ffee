import * as z from 'zod'
import { API_PREFIX, listOf, ListQuery } from '../contract/common.ts'
import {
  Delivery,
  DeliveryFilter,
  DeliveryId,
  Endpoint,
  EndpointCreate,
  EndpointCreated,
  EndpointId,
  EndpointTest,
  EndpointUpdate,
  Preferences,
  PreferencesUpdate,
  SecretRotate,
} from '../contract/notifications.ts'
import { listDeliveries, redeliver } from '../services/deliveries/index.ts'
import {
  createEndpoint,
  deleteEndpoint,
  getEndpoint,
  listEndpoints,
  rotateEndpointSecret,
  testEndpoint,
  updateEndpoint,
} from '../services/endpoints/index.ts'
import { getPreferences, updatePreferences } from '../services/notifications/index.ts'
import { accepted, created, defineRoute, noContent, ok, type Route } from './define.ts'

const BASE = `${API_PREFIX}/notifications`
const ENDPOINTS = `${BASE}/endpoints`
const ENDPOINT = `${ENDPOINTS}/:endpoint_id`
const DELIVERIES = `${BASE}/deliveries`
const PREFERENCES = `${BASE}/preferences`

const EndpointParams = z.lazy(() => z.object({ endpoint_id: EndpointId }))
const DeliveryParams = z.lazy(() => z.object({ delivery_id: DeliveryId }))
const viewers = { kind: 'person', role: 'viewer' } as const
const admins = { kind: 'person', role: 'admin' } as const
const common = { tag: 'notifications', throttle: 'integration' } as const

const endpointRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: ENDPOINTS,
    operationId: 'listEndpoints',
    summary: 'List the endpoints of the account',
    access: viewers,
    query: ListQuery,
    responses: { 200: { description: 'One page, oldest first', schema: listOf(Endpoint) } },
    errors: ['invalid_cursor'],
    handle: async ({ ctx, query }) => ok(await listEndpoints({ ctx, input: query })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: ENDPOINTS,
    operationId: 'createEndpoint',
    records: 'notification_endpoint.created',
    summary: 'Add an endpoint',
    description: 'It gets signed webhooks (Standard Webhooks). Only this response contains the secret.',
    access: admins,
    body: EndpointCreate,
    responses: { 201: { description: 'Created', schema: EndpointCreated } },
    errors: ['too_many_endpoints'],
    handle: async ({ ctx, body }) => created(await createEndpoint({ ctx, input: body })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: ENDPOINT,
    operationId: 'getEndpoint',
    summary: 'Retrieve an endpoint',
    access: viewers,
    params: EndpointParams,
    responses: { 200: { description: 'The endpoint', schema: Endpoint } },
    errors: ['endpoint_not_found'],
    handle: async ({ ctx, params }) => ok(await getEndpoint({ ctx, input: { id: params.endpoint_id } })),
  }),
  defineRoute({
    ...common,
    method: 'patch',
    path: ENDPOINT,
    operationId: 'updateEndpoint',
    records: 'notification_endpoint.updated',
    summary: 'Change an endpoint',
    description:
      'An endpoint that is switched off gets no messages. Its pending deliveries fail; they can be redelivered.',
    access: admins,
    params: EndpointParams,
    body: EndpointUpdate,
    responses: { 200: { description: 'The changed endpoint', schema: Endpoint } },
    errors: ['endpoint_not_found'],
    handle: async ({ ctx, params, body }) =>
      ok(await updateEndpoint({ ctx, input: { ...body, id: params.endpoint_id } })),
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: ENDPOINT,
    operationId: 'deleteEndpoint',
    records: 'notification_endpoint.deleted',
    summary: 'Delete an endpoint and its deliveries',
    access: admins,
    params: EndpointParams,
    responses: { 204: { description: 'Deleted', schema: null } },
    errors: ['endpoint_not_found'],
    handle: async ({ ctx, params }) => {
      await deleteEndpoint({ ctx, input: { id: params.endpoint_id } })
      return noContent()
    },
  }),
]

const actionRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'post',
    path: `${ENDPOINT}/rotate-secret`,
    operationId: 'rotateEndpointSecret',
    records: 'notification_endpoint.secret_rotated',
    summary: 'Replace the signing secret of an endpoint',
    description: 'For `grace_s` seconds messages are signed with the old secret, too.',
    access: admins,
    params: EndpointParams,
    body: SecretRotate,
    responses: { 201: { description: 'The endpoint with its new secret', schema: EndpointCreated } },
    errors: ['endpoint_not_found', 'conflict'],
    handle: async ({ ctx, params, body }) =>
      created(await rotateEndpointSecret({ ctx, input: { ...body, id: params.endpoint_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${ENDPOINT}/test`,
    operationId: 'testEndpoint',
    records: { nothing: 'sends a message' },
    summary: 'Send a ping',
    description: 'Sends one signed `ping` now and returns the result. It is not retried.',
    access: admins,
    params: EndpointParams,
    responses: { 200: { description: 'The endpoint’s response', schema: EndpointTest } },
    errors: ['endpoint_not_found'],
    handle: async ({ ctx, params }) => ok(await testEndpoint({ ctx, input: { id: params.endpoint_id } })),
  }),
]

const deliveryRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: DELIVERIES,
    operationId: 'listDeliveries',
    summary: 'List deliveries',
    access: viewers,
    query: z.lazy(() => ListQuery.unwrap().extend(DeliveryFilter.unwrap().shape)),
    responses: { 200: { description: 'One page, newest first', schema: listOf(Delivery) } },
    errors: ['invalid_cursor'],
    handle: async ({ ctx, query }) => ok(await listDeliveries({ ctx, input: query })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DELIVERIES}/:delivery_id/redeliver`,
    operationId: 'redeliver',
    records: 'notification_delivery.repeated',
    summary: 'Deliver a message again',
    description: 'It is sent within a minute, with the same `webhook-id`.',
    access: admins,
    params: DeliveryParams,
    responses: { 202: { description: 'The pending delivery', schema: Delivery } },
    errors: ['delivery_not_found', 'delivery_pending', 'endpoint_inactive', 'endpoint_not_found'],
    handle: async ({ ctx, params }) => accepted(await redeliver({ ctx, input: { id: params.delivery_id } })),
  }),
]

const preferenceRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: PREFERENCES,
    operationId: 'getNotificationPreferences',
    summary: 'Retrieve your notification settings',
    access: viewers,
    responses: { 200: { description: 'Your settings in this account', schema: Preferences } },
    handle: async ({ ctx }) => ok(await getPreferences({ ctx })),
  }),
  defineRoute({
    ...common,
    method: 'put',
    path: PREFERENCES,
    operationId: 'updateNotificationPreferences',
    records: { nothing: 'whether oneself gets mail' },
    summary: 'Set your notification settings',
    access: viewers,
    body: PreferencesUpdate,
    responses: { 200: { description: 'Your settings in this account', schema: Preferences } },
    handle: async ({ ctx, body }) => ok(await updatePreferences({ ctx, input: body })),
  }),
]

export const notificationRoutes: Route[] = [...endpointRoutes, ...actionRoutes, ...deliveryRoutes, ...preferenceRoutes]
