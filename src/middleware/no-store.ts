import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'

/** Answers are somebody's own, and some hold a key that is shown once: nothing between here and there keeps them. */
export const noStore = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  c.res.headers.set('cache-control', 'no-store')
})
