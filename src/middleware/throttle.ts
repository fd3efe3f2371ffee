import type { Context as HonoContext } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import type { Route } from '../routes/define.ts'
import { describeActor } from '../services/context.ts'
import { ServiceError } from '../services/errors.ts'

/** The bindings' period in wrangler.toml; they don't say how much of it is left. */
const PERIOD_S = 60

/** The caller's network address; one bucket for all where the platform names none. */
export const clientAddress = (c: HonoContext<AppEnv>) => c.req.header('cf-connecting-ip') ?? 'unknown'

/** Charges one call to a counter. @throws ServiceError `too_many_requests` */
export async function charge(limiter: RateLimit, key: string): Promise<void> {
  const { success } = await limiter.limit({ key })
  if (!success) throw new ServiceError('too_many_requests', undefined, { retryAfterS: PERIOD_S })
}

/** Counts per actor where there is one, else per address. */
export const throttle = (scope: Route['throttle']) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const actor = c.get('actor')
    const known = scope === 'integration' && actor.kind !== 'anonymous'
    if (known) await charge(c.env.THROTTLE_INTEGRATION, describeActor(actor))
    else if (scope !== 'none') await charge(c.env.THROTTLE_ANONYMOUS, clientAddress(c))
    await next()
  })
