import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'

/** Forbids caching: responses are personal, and some contain a secret. */
export const noStore = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  c.res.headers.set('cache-control', 'no-store')
})
