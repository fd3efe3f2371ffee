import { openSigningSecrets } from '../lib/link-credentials.ts'
import { log } from '../lib/log.ts'
import { verifyMessage } from '../lib/signature.ts'
import type { Actor, ServiceContext } from './context.ts'
import { ServiceError } from './errors.ts'
import type { IntegrationRow } from './tenant.ts'

/** The signed parts of a request. */
export interface SignedRequest {
  headers: Headers
  body: string
}

/** The connection's secrets that are valid now, newest first; none if no key of the ring opens them. */
export async function readKnownSecrets(ctx: ServiceContext<Actor>, row: IntegrationRow): Promise<string[]> {
  return openSigningSecrets(ctx.config.keyRing, row, ctx.now()).catch((cause: unknown) => {
    log.warn('credentials not opened', { integration_id: row.id, cause })
    return []
  })
}

/** Whether a request carries the signature of the link. Says no where none verifies: another authority may do. */
export async function isSignedByLink(
  ctx: Pick<ServiceContext<Actor>, 'now'>,
  known: readonly string[],
  message: SignedRequest | undefined,
): Promise<boolean> {
  if (!message || known.length === 0) return false
  return (await verifyMessage({ ...message, secrets: known, nowS: Math.round(ctx.now() / 1000) })).ok
}

/**
 * Refuses a request that the link has signed at another time than ours. Its caller is the site, whose clock is wrong; any
 * other refusal would have people look elsewhere for the reason.
 * @throws ServiceError `clock_skew`
 */
export async function refuseSkewed(
  ctx: Pick<ServiceContext<Actor>, 'now'>,
  known: readonly string[],
  message: SignedRequest | undefined,
): Promise<void> {
  if (!message || known.length === 0) return
  const nowS = Math.round(ctx.now() / 1000)
  const { ok, skewS } = await verifyMessage({ ...message, secrets: known, nowS, toleranceS: null })
  if (!ok) return
  const skew = `${Math.abs(skewS)} seconds ${skewS > 0 ? 'ahead of' : 'behind'}`
  throw new ServiceError('clock_skew', `The clock of the site is ${skew} ours.`)
}
