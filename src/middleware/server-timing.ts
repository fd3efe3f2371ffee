import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { Stopwatch } from '../lib/stopwatch.ts'

/**
 * Tells signed-in callers how long `auth`, `db` and `object` took. Nobody else, because the database time of a sign-in
 * could reveal who has an account.
 */
export const serverTiming = createMiddleware<AppEnv>(async (c, next) => {
  const watch = new Stopwatch(Date.now)
  c.set('stopwatch', watch)
  await next()
  const isSignedIn = (c.get('actor')?.kind ?? 'anonymous') !== 'anonymous'
  const timing = watch.describe()
  if (isSignedIn && timing !== '') c.res.headers.set('server-timing', timing)
})
