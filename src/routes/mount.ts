import { zValidator } from '@hono/zod-validator'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type * as z from 'zod'
import type { AppEnv } from '../env.ts'
import { describeIssues } from '../lib/validate.ts'
import { authenticate } from '../middleware/authenticate.ts'
import { authorize } from '../middleware/authorize.ts'
import { idempotency } from '../middleware/idempotency.ts'
import { jsonBody } from '../middleware/json-body.ts'
import { lineBody } from '../middleware/line-body.ts'
import { provideContext } from '../middleware/context.ts'
import { requestLog } from '../middleware/request-log.ts'
import { throttle } from '../middleware/throttle.ts'
import { ServiceError } from '../services/errors.ts'
import type { Reply, Route } from './define.ts'

/** Validates input. A refusal lists a path, code and message per field. */
const validate = (target: 'param' | 'query' | 'json', schema: z.ZodType) =>
  zValidator(target, schema, (result) => {
    if (result.success) return
    const where = { param: 'params', query: 'query', json: 'body' }[target]
    const fault = describeIssues(result.error.issues, where)
    throw new ServiceError(fault.code, fault.detail, { errors: fault.errors })
  }) as MiddlewareHandler<AppEnv>

/** A part of the input that has passed its schema. */
const valid = (c: Context<AppEnv>, target: 'param' | 'query' | 'json') => c.req.valid(target as never)

const contextOf = (c: Context<AppEnv>) => c.get('ctx') as Parameters<Route['handle']>[0]['ctx']

const idempotencyOf = ({ body, answerAgain }: Route) =>
  idempotency({
    hasBody: body !== undefined,
    answerAgain: answerAgain && ((c, id) => answerAgain({ ctx: contextOf(c), params: valid(c, 'param'), id })),
  })

/** The middleware before the handler, in order; see docs/architecture.md. */
function stepsOf(route: Route): MiddlewareHandler<AppEnv>[] {
  const isWrite = route.method !== 'get'
  return [
    requestLog(route.operationId),
    authenticate(route.access, route.takesTicket),
    authorize(route.access),
    throttle(route.throttle),
    ...(route.body ? [jsonBody] : []),
    ...(route.upload ? [lineBody] : []),
    ...(route.params ? [validate('param', route.params)] : []),
    ...(route.query ? [validate('query', route.query)] : []),
    ...(route.body ? [validate('json', route.body)] : []),
    provideContext,
    ...(isWrite && route.access.kind !== 'public' && !route.withoutIdempotency ? [idempotencyOf(route)] : []),
  ]
}

/** Outside production, fails on a response that the route doesn't declare. */
function checkReply(route: Route, reply: Reply): void {
  const declared = route.responses[reply.status]
  if (!declared) throw new Error(`${route.operationId} answers ${reply.status}, which it does not declare`)
  if (!reply.response) declared.schema?.parse(reply.body)
}

/** Outside production, fails if a request recorded what its route doesn't declare, or not what it does. */
function checkRecords({ operationId, records }: Route, recorded: readonly string[]): void {
  const { oneOf, unless } =
    typeof records === 'string'
      ? { oneOf: [records], unless: undefined }
      : records === undefined || 'nothing' in records
        ? { oneOf: [], unless: 'nothing is declared' }
        : records
  const undeclared = recorded.find((action) => !oneOf.some((declared) => declared === action))
  if (undeclared !== undefined) throw new Error(`${operationId} records ${undeclared}, which it does not declare`)
  if (recorded.length === 0 && unless === undefined)
    throw new Error(`${operationId} does not record ${oneOf.join(' or ')}`)
}

function handlerOf(route: Route): MiddlewareHandler<AppEnv> {
  return async (c) => {
    const reply = await route.handle({
      ctx: contextOf(c),
      params: valid(c, 'param'),
      query: valid(c, 'query'),
      body: valid(c, 'json'),
      request: c.req.raw,
      rawBody: () => c.req.text(),
      bytes: () => c.req.arrayBuffer(),
    })
    const { config, recorded = [] } = contextOf(c)
    if (config.environment !== 'production') {
      checkReply(route, reply)
      checkRecords(route, recorded)
    }
    if (reply.response) return reply.response
    for (const [name, values] of Object.entries(reply.headers ?? {})) {
      for (const value of [values].flat()) c.header(name, value, { append: true })
    }
    if (reply.text !== undefined) {
      return c.body(reply.text, reply.status as ContentfulStatusCode, { 'content-type': 'application/json' })
    }
    return reply.body === undefined ? c.body(null, 204) : c.json(reply.body, reply.status as ContentfulStatusCode)
  }
}

/**
 * Registers routes, and for each path a 405 for methods it doesn't have. Goes path by path, so that a path registered
 * before another that also matches (`test-connection` before `:integration_id`) wins for every method.
 */
export function mountRoutes(app: Hono<AppEnv>, routes: readonly Route[]): void {
  for (const [path, ofPath] of Map.groupBy(routes, (route) => route.path)) {
    for (const route of ofPath) app.on(route.method.toUpperCase(), [path], ...stepsOf(route), handlerOf(route))
    const methods = ofPath.map((route) => route.method.toUpperCase())
    app.all(path, (c) => {
      c.header('allow', methods.join(', '))
      throw new ServiceError('method_not_allowed', `Allowed here: ${methods.join(', ')}.`)
    })
  }
}
