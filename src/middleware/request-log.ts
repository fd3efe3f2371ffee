import { createMiddleware } from 'hono/factory'
import { readConfig } from '../config.ts'
import type { AppEnv } from '../env.ts'
import { log } from '../lib/log.ts'

const BAD_REQUEST = 400

/**
 * Logs a share of the requests that succeed: the platform's own line per invocation is switched off, since polls alone
 * would be most of the log. What was refused or failed has its line from `onError`, always. `of` says how many requests
 * the line stands for.
 * @param route its operation id
 */
export const requestLog = (route: string) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const { requestLogRate: rate } = readConfig(c.env)
    const startedAt = Date.now()
    await next()
    const { status } = c.res
    if (status >= BAD_REQUEST || Math.random() >= rate) return
    const ms = Date.now() - startedAt
    log.info('request', { route, status, ms, caller: c.get('actor').kind, of: Math.round(1 / rate) })
  })
