import type { Context as HonoContext } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { log } from '../lib/log.ts'
import { observeShare, SHARES } from '../lib/metrics.ts'
import { networkOf } from '../lib/network.ts'
import { describeActor } from '../services/context.ts'
import { ServiceError } from '../services/errors.ts'

/** The rate limits' period in wrangler.toml. The bindings don't say how much of it is left. */
const PERIOD_S = 60

/** Whom an anonymous call is charged to: see `networkOf`. Callers without an address share a bucket. */
export const clientNetwork = (c: HonoContext<AppEnv>) => networkOf(c.req.header('cf-connecting-ip') ?? 'unknown')

/** Whether a rate limit has room for one call. One that fails has: it must not stop what it only counts. */
async function hasRoom(limiter: RateLimit, key: string): Promise<boolean> {
  try {
    return (await limiter.limit({ key })).success
  } catch (cause) {
    log.warn('rate limit not readable', { cause })
    return true
  }
}

/** Whom a rate limit counts. */
type Limited = 'actor' | 'account' | 'network' | 'host' | 'operator'

/** Charges one call to a rate limit. @throws ServiceError `too_many_requests` */
export async function charge(limiter: RateLimit, key: string, limited: Limited): Promise<void> {
  const success = await hasRoom(limiter, key)
  if (success) return
  observeShare(SHARES.throttled, 'throttled', { limit: limited })
  throw new ServiceError('too_many_requests', undefined, { retryAfterS: PERIOD_S })
}

/**
 * Which rate limit counts a call: `integration` counts per actor and per account, `anonymous` per address, `operator` the
 * operator's calls together.
 */
export type Throttle = 'integration' | 'anonymous' | 'operator' | 'none'

/**
 * Charges the call to a rate limit. A person or key is counted by itself and with its account, so that many keys don't
 * multiply what one account may do. An anonymous caller is always counted by address.
 */
export const throttle = (rateLimit: Throttle) =>
  createMiddleware<AppEnv>(async (c, next) => {
    const actor = c.get('actor')
    const perActor = rateLimit === 'integration' && actor.kind !== 'anonymous'
    if (rateLimit === 'operator') await charge(c.env.THROTTLE_ACCOUNT, 'operator', 'operator')
    else if (perActor) {
      await charge(c.env.THROTTLE_INTEGRATION, describeActor(actor), 'actor')
      await charge(c.env.THROTTLE_ACCOUNT, actor.accountId, 'account')
    } else if (rateLimit !== 'none') await charge(c.env.THROTTLE_ANONYMOUS, clientNetwork(c), 'network')
    await next()
  })
