import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { Stopwatch } from '../lib/stopwatch.ts'

/**
 * Tells who is known where the time of their request went: `auth`, `db`, `object`, each with what it waited for. Nobody
 * else: how long a sign-in asks the database could tell who has an account.
 */
export const serverTiming = createMiddleware<AppEnv>(async (c, next) => {
  const watch = new Stopwatch(Date.now)
  c.set('stopwatch', watch)
  await next()
  const isKnown = (c.get('actor')?.kind ?? 'anonymous') !== 'anonymous'
  const timing = watch.describe()
  if (isKnown && timing !== '') c.res.headers.set('server-timing', timing)
})
