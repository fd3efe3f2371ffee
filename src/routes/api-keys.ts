import * as z from 'zod'
import { API_PREFIX, ApiKeyId, listOf, ListQuery, SiteId } from '../contract/common.ts'
import { ApiKey, ApiKeyCreate, ApiKeyCreated, ApiKeyRotate } from '../contract/sites.ts'
import { createApiKey, listApiKeys, revokeApiKey, rotateApiKey } from '../services/api-keys/index.ts'
import { created, defineRoute, noContent, ok, type Route } from './define.ts'

const COLLECTION = `${API_PREFIX}/sites/:site_id/api-keys`
const DETAIL = `${COLLECTION}/:key_id`

const SiteParams = z.lazy(() => z.object({ site_id: SiteId }))
const Params = z.lazy(() => SiteParams.unwrap().extend({ key_id: ApiKeyId }))
const editors = { kind: 'person', role: 'editor' } as const
const admins = { kind: 'person', role: 'admin' } as const
const common = { tag: 'api-keys', throttle: 'integration' } as const

export const apiKeyRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: COLLECTION,
    operationId: 'listApiKeys',
    summary: 'List the API keys of a site',
    access: editors,
    params: SiteParams,
    query: ListQuery,
    responses: { 200: { description: 'One page, newest first, masked', schema: listOf(ApiKey) } },
    errors: ['site_not_found', 'invalid_cursor'],
    handle: async ({ ctx, params, query }) =>
      ok(await listApiKeys({ ctx, input: { ...query, siteId: params.site_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: COLLECTION,
    operationId: 'createApiKey',
    records: 'api_key.created',
    summary: 'Create an API key',
    description: 'Only this response contains the whole key.',
    access: admins,
    params: SiteParams,
    body: ApiKeyCreate,
    responses: { 201: { description: 'Created', schema: ApiKeyCreated } },
    errors: ['site_not_found', 'quota_exceeded'],
    handle: async ({ ctx, params, body }) =>
      created(await createApiKey({ ctx, input: { ...body, siteId: params.site_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${DETAIL}/rotate`,
    operationId: 'rotateApiKey',
    records: { oneOf: ['api_key.rotated', 'api_key.revoked'] },
    summary: 'Replace an API key',
    description: 'Creates a key with the same name and scopes. The old key works for `grace_s` more seconds.',
    access: admins,
    params: Params,
    body: ApiKeyRotate,
    responses: { 201: { description: 'The new key', schema: ApiKeyCreated } },
    errors: ['site_not_found', 'api_key_not_found', 'api_key_inactive', 'conflict', 'quota_exceeded'],
    handle: async ({ ctx, params, body }) =>
      created(await rotateApiKey({ ctx, input: { ...body, siteId: params.site_id, keyId: params.key_id } })),
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: DETAIL,
    operationId: 'revokeApiKey',
    records: { oneOf: ['api_key.revoked'], unless: 'the key was revoked before' },
    summary: 'Revoke an API key',
    description: 'Safe to repeat. Repeat it after a 503.',
    access: admins,
    params: Params,
    responses: { 204: { description: 'Revoked', schema: null } },
    errors: ['site_not_found', 'api_key_not_found', 'unavailable'],
    handle: async ({ ctx, params }) => {
      await revokeApiKey({ ctx, input: { siteId: params.site_id, keyId: params.key_id } })
      return noContent()
    },
  }),
]
