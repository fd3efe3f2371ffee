import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { withLogIds } from '../lib/log.ts'
import { createId, readForeignId, REQUEST_ID_HEADER } from '../lib/ids.ts'

/**
 * Gives every request an id, which every log line of the request has. An inbound id doesn't replace it: if it has the
 * agreed shape it is logged as `plugin_request_id`.
 */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  const id = createId('req')
  const foreign = readForeignId(c.req.raw.headers)
  c.set('requestId', id)
  c.set('pluginRequestId', foreign)
  await withLogIds({ request_id: id, ...(foreign !== undefined && { plugin_request_id: foreign }) }, next)
  c.res.headers.set(REQUEST_ID_HEADER, id)
})
