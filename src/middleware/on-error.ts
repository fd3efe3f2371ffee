import type { ErrorHandler, NotFoundHandler } from 'hono'
import type { Context as HonoContext } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { isDatabaseUnavailable } from '../db/errors.ts'
import type { AppEnv } from '../env.ts'
import { log } from '../lib/log.ts'
import { createProblem } from '../lib/problem.ts'
import { ServiceError } from '../services/errors.ts'

/** A plugin whose account is suspended asks again in an hour, and not every five minutes. */
const SUSPENDED_RETRY_AFTER_S = 3_600

/** Sends a refusal as problem+json. */
export function sendProblem(c: HonoContext<AppEnv>, error: ServiceError): Response {
  const { errors, evidence, polling, fix } = error.options
  const retryAfterS =
    error.options.retryAfterS ?? (error.code === 'account_suspended' ? SUSPENDED_RETRY_AFTER_S : undefined)
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

/** D1 is back within seconds, as a rule. */
const DATABASE_RETRY_AFTER_S = 2

/**
 * Sends a `ServiceError` with its code. A passing fault of D1 is a 503, any other error a 500; their cause is only
 * logged.
 */
export const onError: ErrorHandler<AppEnv> = (error, c) => {
  if (error instanceof ServiceError) {
    if (error.cause !== undefined) log.warn('request refused', { code: error.code, cause: error.cause })
    // so that support can look up a signed-in caller's request; anonymous refusals could flood the log
    else if ((c.get('actor')?.kind ?? 'anonymous') !== 'anonymous') log.info('request refused', { code: error.code })
    return sendProblem(c, error)
  }
  if (isDatabaseUnavailable(error)) {
    log.warn('D1 unavailable', { method: c.req.method, path: c.req.path, cause: error })
    return sendProblem(c, new ServiceError('unavailable', undefined, { retryAfterS: DATABASE_RETRY_AFTER_S }))
  }
  log.error('request failed', { method: c.req.method, path: c.req.path, cause: error })
  return sendProblem(c, new ServiceError('internal_error'))
}

export const notFound: NotFoundHandler<AppEnv> = (c) => sendProblem(c, new ServiceError('not_found'))
