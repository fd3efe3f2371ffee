import { createMiddleware } from 'hono/factory'
import { readConfig } from '../config.ts'
import type { AppEnv } from '../env.ts'
import { log } from '../lib/log.ts'
import { observe } from '../lib/metrics.ts'

const BAD_REQUEST = 400
const SERVER_ERROR = 500

/**
 * Logs a share of the requests that succeed: the platform's own line per invocation is switched off, since polls alone
 * would be most of the log. What was refused or failed has its line from `onError`, always. `of` says how many requests
 * the line stands for. The same share is measured, and each failure of ours.
 * @param route its operation id
 */
export const requestLog = (route: string) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const { requestLogRate: rate } = readConfig(c.env)
    const startedAt = Date.now()
    await next()
    const { status } = c.res
    const [isFailure, isChosen] = [status >= SERVER_ERROR, Math.random() < rate]
    if (!isFailure && !isChosen) return
    const [ms, of, caller] = [Date.now() - startedAt, isFailure ? 1 : Math.round(1 / rate), c.get('actor')?.kind]
    observe('request', { route, status: `${Math.floor(status / 100)}xx`, caller }, ms, of)
    if (status < BAD_REQUEST) log.info('request', { route, status, ms, caller, of })
  })
