import type { ErrorHandler, NotFoundHandler } from 'hono'
import type { Context as HonoContext } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { AppEnv } from '../env.ts'
import { log } from '../lib/log.ts'
import { createProblem } from '../lib/problem.ts'
import { ServiceError } from '../services/errors.ts'

/** Sends a refusal as problem+json. */
export function sendProblem(c: HonoContext<AppEnv>, error: ServiceError): Response {
  const { errors, evidence, polling, fix, retryAfterS } = error.options
  const problem = createProblem(error.code, c.get('requestId'), {
    detail: error.message,
    fix,
    errors,
    evidence,
    polling,
  })
  if (retryAfterS !== undefined) c.header('retry-after', String(Math.max(1, Math.ceil(retryAfterS))))
  if (problem.status === 401) c.header('www-authenticate', 'Bearer')
  return c.json(problem, problem.status as ContentfulStatusCode, { 'content-type': 'application/problem+json' })
}

/** Sends a `ServiceError` with its code. Any other error becomes a 500 whose cause is only logged. */
export const onError: ErrorHandler<AppEnv> = (error, c) => {
  if (error instanceof ServiceError) {
    if (error.cause !== undefined) log.warn('request refused', { code: error.code, cause: error.cause })
    // so that support can look up a signed-in caller's request; anonymous refusals could flood the log
    else if ((c.get('actor')?.kind ?? 'anonymous') !== 'anonymous') log.info('request refused', { code: error.code })
    return sendProblem(c, error)
  }
  log.error('request failed', { method: c.req.method, path: c.req.path, cause: error })
  return sendProblem(c, new ServiceError('internal_error'))
}

export const notFound: NotFoundHandler<AppEnv> = (c) => sendProblem(c, new ServiceError('not_found'))
