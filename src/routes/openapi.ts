import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import * as z from 'zod'
import { ERRORS, Problem, type ErrorCode } from '../contract/errors.ts'
import { LINK_ERRORS } from '../contract/link-errors.ts'
import { OutgoingMessage } from '../contract/notifications.ts'
import { RELEASE } from '../contract/release.ts'
import type { Route } from './define.ts'
import { errorsOf } from './implied-errors.ts'

const INTRODUCTION = `The integration API of IGNY8: sites, API keys, and the connection of a site to WordPress.

A trailing slash is optional, and actions may be written with \`-\` or \`_\`. Errors are
\`application/problem+json\` (RFC 9457) with a \`code\`, a \`fix\` and the \`request_id\`; see the
[list of errors](/docs/errors). Writes take an \`Idempotency-Key\`: a repeat within a day gets the first response.`

const LINES = 'application/x-ndjson'
const UPLOAD = { type: 'string', description: 'Whole blocks of the file: each ends with a line `check`' } as const

/** A route's access as OpenAPI security requirements and as a sentence. */
function describeAccess({ access }: Route): { security: Record<string, string[]>[]; note: string } {
  if (access.kind === 'public') return { security: [], note: 'Open to everybody.' }
  if (access.kind === 'optional')
    return { security: [{}, { session: [] }, { bearer: [] }], note: 'Credentials are optional.' }
  if (access.kind === 'api_key')
    return { security: [{ bearer: [] }, { site_key: [] }], note: `Only API keys with the scope ${access.scope}.` }
  if (access.kind === 'operator')
    return { security: [{ operator: [] }], note: 'For whoever runs the deployment: `OPERATOR_TOKEN`.' }
  const people = [{ session: [] }, { bearer: [] }]
  if (access.kind === 'platform')
    return { security: [...people, { operator: [] }], note: 'For operators of the deployment alone.' }
  if (access.kind === 'person') return { security: people, note: `People with the role ${access.role} or above.` }
  return {
    security: people,
    note: `People with the role ${access.role} or above; API keys with the scope ${access.scope}.`,
  }
}

/** A route that calls the site can fail with every code of the link; routes declare only one of them. */
function expandLinkErrors(codes: ErrorCode[]): ErrorCode[] {
  const isLink = (code: ErrorCode) => Object.hasOwn(LINK_ERRORS, code)
  return codes.some(isLink) ? [...new Set([...codes, ...(Object.keys(LINK_ERRORS) as ErrorCode[])])] : codes
}

function describeErrors(route: Route): ZodOpenApiOperationObject['responses'] {
  const byStatus = Map.groupBy(expandLinkErrors(errorsOf(route)), (code) => ERRORS[code].status)
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([left], [right]) => left - right)
      .map(([status, codes]) => [
        String(status),
        {
          description: codes.map((code) => `\`${code}\``).join(', '),
          content: { 'application/problem+json': { schema: Problem } },
        },
      ]),
  )
}

function describeSuccess(route: Route): ZodOpenApiOperationObject['responses'] {
  return Object.fromEntries(
    Object.entries(route.responses).map(([status, answer]) => {
      const { description, schema, contentType = 'application/json', otherTypes = {} } = answer
      const others = Object.entries(otherTypes).map(([type, other]) => [type, { schema: other }])
      return [
        status,
        { description, ...(schema && { content: { [contentType]: { schema }, ...Object.fromEntries(others) } }) },
      ]
    }),
  )
}

const IdempotencyHeader = z.object({
  'idempotency-key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Repeats of this request with the same key have no second effect' }),
})

function describeOperation(route: Route): ZodOpenApiOperationObject {
  const { security, note } = describeAccess(route)
  const takesKey = route.method !== 'get' && route.access.kind !== 'public' && !route.withoutIdempotency
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, note].filter(Boolean).join(' '),
    security,
    requestParams: {
      ...(route.params && { path: route.params as z.ZodObject }),
      ...(route.query && { query: route.query as z.ZodObject }),
      ...(takesKey && { header: IdempotencyHeader }),
    },
    ...(route.upload && { requestBody: { required: true, content: { [LINES]: { schema: UPLOAD } } } }),
    ...(route.body && { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }),
    responses: { ...describeSuccess(route), ...describeErrors(route) },
  }
}

/** The OpenAPI 3.1 document, made from the routes and the schemas that validate them. */
export function createOpenApiDocument(routes: readonly Route[], serverUrl: string) {
  const paths: ZodOpenApiPathsObject = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method]: describeOperation(route) }
  }
  return createDocument({
    openapi: '3.1.1',
    info: { title: 'IGNY8 integration API', version: RELEASE, description: INTRODUCTION },
    servers: [{ url: serverUrl }],
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'igny8.session_token', description: 'Set by signing in' },
        site_key: {
          type: 'apiKey',
          in: 'header',
          name: 'X-IGNY8-Key',
          description: 'An API key, for sites whose host strips `Authorization` from outgoing requests',
        },
        operator: {
          type: 'http',
          scheme: 'bearer',
          description: 'The deployment’s `OPERATOR_TOKEN`',
        },
        bearer: { type: 'http', scheme: 'bearer', description: 'The token of a sign-in, or an API key `igny8_…`' },
      },
    },
    paths,
    webhooks: {
      notification: {
        post: {
          summary: 'Sent to endpoints, signed as in Standard Webhooks',
          requestBody: { required: true, content: { 'application/json': { schema: OutgoingMessage } } },
          responses: { '2XX': { description: 'Accepted. Any other response is retried' } },
        },
      },
    },
  })
}
