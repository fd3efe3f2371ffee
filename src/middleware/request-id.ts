import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { createId } from '../lib/ids.ts'

/** Gives every request an id of ours; an inbound one is not trusted, since it would end in our log. */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  c.set('requestId', createId('req'))
  await next()
  c.res.headers.set('x-request-id', c.get('requestId'))
})
