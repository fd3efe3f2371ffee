import * as z from 'zod'
import { API_PREFIX, IntegrationId, listOf, ListQuery, SiteId } from '../contract/common.ts'
import { ContentTypes, ContentTypesUpdate, StructureStored } from '../contract/content-types.ts'
import {
  ConnectRequest,
  Integration,
  IntegrationCreate,
  IntegrationUpdate,
  TestResult,
} from '../contract/integrations.ts'
import { DoctorReport } from '../contract/doctor.ts'
import { SiteAuthor, StructurePush } from '../contract/structure.ts'
import { DebugStatus, Run, SyncRequest, SyncState } from '../contract/sync.ts'
import { connectIntegration } from '../services/connections/index.ts'
import {
  createIntegration,
  deleteIntegration,
  diagnoseIntegration,
  getContentTypes,
  getDebugStatus,
  getSyncStatus,
  getIntegration,
  listAuthors,
  listIntegrations,
  testIntegration,
  updateContentTypes,
  updateStructure,
  updateIntegration,
} from '../services/integrations/index.ts'
import { startSync } from '../services/runs/index.ts'
import { accepted, created, defineRoute, noContent, ok, type Route } from './define.ts'

const COLLECTION = `${API_PREFIX}/integration/integrations`
const DETAIL = `${COLLECTION}/:integration_id`

const Params = z.lazy(() => z.object({ integration_id: IntegrationId }))
const reads = { kind: 'member', role: 'editor', scope: 'integration:read' } as const
const writes = { kind: 'member', role: 'editor', scope: 'integration:write' } as const
const common = { tag: 'integrations', throttle: 'integration' } as const
const notFound = ['integration_not_found'] as const

export const integrationRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: COLLECTION,
    operationId: 'listIntegrations',
    summary: 'List integrations',
    access: reads,
    query: z.lazy(() => ListQuery.unwrap().extend({ site_id: SiteId.optional() })),
    responses: { 200: { description: 'One page, oldest first', schema: listOf(Integration) } },
    errors: ['invalid_cursor'],
    handle: async ({ ctx, query }) => ok(await listIntegrations({ ctx, input: query })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: COLLECTION,
    operationId: 'createIntegration',
    records: 'integration.created',
    summary: 'Create an integration',
    description: 'A site has one per platform. WordPress requires an API key of the site.',
    access: writes,
    body: IntegrationCreate,
    responses: { 201: { description: 'Created', schema: Integration } },
    errors: ['site_not_found', 'invalid_api_key', 'integration_exists', 'unsupported_platform'],
    handle: async ({ ctx, body }) => created(await createIntegration({ ctx, input: body })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${COLLECTION}/test-connection`,
    operationId: 'connectIntegration',
    records: {
      oneOf: ['integration.connected', 'integration.connection_changed', 'integration.change_requested'],
      unless: 'nothing of the connection changes',
    },
    summary: 'Connect a site',
    description:
      'Needs no session if the body has the site’s own API key. Creates the integration if there is none, and calls WordPress. If the call fails, an integration created here is deleted. For a plugin that lists `polling` among its transports, the error includes a challenge with which the site can connect by polling. On a connection that exists, a new signing secret or address needs the connection’s signature (Standard Webhooks, over the raw body) or a person’s session; with the API key alone it waits until a person confirms it.',
    access: { kind: 'optional' },
    throttle: 'anonymous',
    body: ConnectRequest,
    responses: {
      200: { description: 'The integration existed, and the site answered', schema: TestResult },
      201: { description: 'The integration was created, and the site answered', schema: TestResult },
    },
    errors: [
      'site_not_found',
      'invalid_api_key',
      'insufficient_scope',
      'site_inactive',
      'sync_disabled',
      'conflict',
      'unsupported_platform',
      'unreachable',
      'connection_change_needs_confirmation',
      'connection_change_refused',
      'role_too_low',
    ],
    handle: async ({ ctx, body, request, rawBody }) => {
      const isSigned = request.headers.has('webhook-signature')
      const message = isSigned ? { headers: request.headers, body: await rawBody() } : undefined
      const requestedFrom = request.headers.get('cf-connecting-ip')
      const { created: isNew, result } = await connectIntegration({ ctx, input: body, message, requestedFrom })
      return isNew ? created(result) : ok(result)
    },
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: DETAIL,
    operationId: 'getIntegration',
    summary: 'Retrieve an integration',
    access: reads,
    params: Params,
    responses: { 200: { description: 'The integration', schema: Integration } },
    errors: notFound,
    handle: async ({ ctx, params }) => ok(await getIntegration({ ctx, input: { id: params.integration_id } })),
  }),
  defineRoute({
    ...common,
    method: 'patch',
    path: DETAIL,
    operationId: 'updateIntegration',
    records: 'integration.updated',
    summary: 'Change an integration',
    access: writes,
    params: Params,
    body: IntegrationUpdate,
    responses: { 200: { description: 'The changed integration', schema: Integration } },
    errors: [...notFound, 'invalid_api_key', 'person_required'],
    handle: async ({ ctx, params, body }) =>
      ok(await updateIntegration({ ctx, input: { id: params.integration_id, patch: body } })),
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: DETAIL,
    operationId: 'deleteIntegration',
    records: 'integration.deleted',
    summary: 'Delete an integration',
    description:
      'By API key, a connected integration is deleted only if the request is signed with the connection’s secret (Standard Webhooks, over the empty body).',
    access: writes,
    params: Params,
    responses: { 204: { description: 'Deleted', schema: null } },
    errors: [...notFound, 'signature_required', 'clock_skew'],
    handle: async ({ ctx, params, request, rawBody }) => {
      const message = { headers: request.headers, body: await rawBody() }
      await deleteIntegration({ ctx, input: { id: params.integration_id, message } })
      return noContent()
    },
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/test-connection`,
    operationId: 'testIntegration',
    records: { nothing: 'asks the site' },
    summary: 'Call the site now',
    description: 'Returns 200 with the result, whether the site was reached or not.',
    access: writes,
    params: Params,
    responses: { 200: { description: 'The result of the test', schema: TestResult } },
    errors: notFound,
    handle: async ({ ctx, params }) => ok(await testIntegration({ ctx, input: { id: params.integration_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/doctor`,
    operationId: 'diagnoseIntegration',
    records: { nothing: 'asks the site' },
    summary: 'Diagnose the connection',
    description:
      'Calls the site in several ways, compares what was sent with what PHP received, and names the layer at fault and the fix. Changes nothing.',
    access: writes,
    params: Params,
    responses: {
      200: { description: 'The findings, whether the site was reached or not', schema: DoctorReport },
    },
    errors: notFound,
    handle: async ({ ctx, params }) => ok(await diagnoseIntegration({ ctx, input: { id: params.integration_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/sync`,
    operationId: 'startSync',
    records: { nothing: 'the run names who asked for it' },
    summary: 'Start a sync',
    description: 'A site has at most one unfinished run per direction. If there is one, returns that one.',
    access: writes,
    params: Params,
    body: SyncRequest,
    responses: { 202: { description: 'The run', schema: Run } },
    errors: [...notFound, 'sync_disabled'],
    handle: async ({ ctx, params, body }) =>
      accepted(await startSync({ ctx, input: { id: params.integration_id, direction: body.direction } })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${DETAIL}/sync-status`,
    operationId: 'getSyncStatus',
    summary: 'Retrieve the state of the sync',
    access: reads,
    params: Params,
    responses: { 200: { description: 'The current run, the last run, and the lag', schema: SyncState } },
    errors: notFound,
    handle: async ({ ctx, params }) => ok(await getSyncStatus({ ctx, input: { id: params.integration_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/update-structure`,
    operationId: 'updateStructure',
    records: { oneOf: ['integration.acting_user_changed'], unless: 'the same user writes as before' },
    summary: 'Store the site’s structure',
    description:
      'Sent by the plugin. Editors’ settings per type are kept. `acting_user` counts only if the request is signed with the connection’s secret.',
    access: writes,
    params: Params,
    body: StructurePush,
    responses: { 200: { description: 'Stored', schema: StructureStored } },
    errors: [...notFound, 'too_many_types', 'negative_count', 'markup_in_label', 'invalid_slug'],
    handle: async ({ ctx, params, body, request, rawBody }) => {
      const message = { headers: request.headers, body: await rawBody() }
      return ok(await updateStructure({ ctx, input: { id: params.integration_id, push: body, message } }))
    },
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${DETAIL}/content-types`,
    operationId: 'getContentTypes',
    summary: 'Retrieve content types with counts',
    access: reads,
    params: Params,
    responses: { 200: { description: 'Structure, settings, counts and connection', schema: ContentTypes } },
    errors: notFound,
    handle: async ({ ctx, params }) => ok(await getContentTypes({ ctx, input: { id: params.integration_id } })),
  }),
  defineRoute({
    ...common,
    method: 'patch',
    path: `${DETAIL}/content-types`,
    operationId: 'updateContentTypes',
    records: { nothing: 'an event of the site names who did it' },
    summary: 'Set types and limits',
    access: writes,
    params: Params,
    body: ContentTypesUpdate,
    responses: { 200: { description: 'The changed content types', schema: ContentTypes } },
    errors: [...notFound, 'unknown_content_type', 'type_denied', 'too_many_types', 'invalid_slug'],
    handle: async ({ ctx, params, body }) =>
      ok(await updateContentTypes({ ctx, input: { id: params.integration_id, patch: body } })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${DETAIL}/authors`,
    operationId: 'listAuthors',
    summary: 'List possible authors',
    description:
      'The users of the site who may write posts, at most 200, as of the last structure. Empty if the plugin does not list them.',
    access: reads,
    params: Params,
    responses: { 200: { description: 'All of them, by name', schema: listOf(SiteAuthor) } },
    errors: notFound,
    handle: async ({ ctx, params }) => ok(await listAuthors({ ctx, input: { id: params.integration_id } })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${DETAIL}/debug-status`,
    operationId: 'getDebugStatus',
    summary: 'Retrieve the debug status',
    access: reads,
    params: Params,
    responses: {
      200: { description: 'State, recent failures, and the result of a probe made now', schema: DebugStatus },
    },
    errors: notFound,
    handle: async ({ ctx, params }) => ok(await getDebugStatus({ ctx, input: { id: params.integration_id } })),
  }),
]
