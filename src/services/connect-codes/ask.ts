import type { ConnectAsk, ConnectQuestion } from '../../contract/connect.ts'
import { ERRORS } from '../../contract/errors.ts'
import { ROLES } from '../../contract/people.ts'
import type { ServiceContext } from '../context.ts'
import { assertStays } from '../deletion/stays.ts'
import { ServiceError } from '../errors.ts'
import { assertWithinQuota } from '../quotas/index.ts'
import { assertSwitchedOn, findTarget, type Target } from './find-target.ts'
import { hasAsked } from './requests.ts'
import { addToReturn, readReturnAddress } from './return-address.ts'

const NOTHING: Omit<Target, 'siteUrl' | 'back'> = { site: null, integration: null }

/** What would refuse the person's yes, so that they learn it before they say it. */
async function assertMayApprove(ctx: ServiceContext, target: Target): Promise<void> {
  const { actor } = ctx
  if (actor.kind !== 'user' || ROLES.indexOf(actor.role) < ROLES.indexOf('admin'))
    throw new ServiceError('role_too_low', 'Connecting a site needs the role admin.')
  await assertStays(ctx, actor.accountId)
  assertSwitchedOn(target)
  if (target.site === null) await assertWithinQuota({ ctx, kind: 'sites', accountId: actor.accountId })
  await assertWithinQuota({ ctx, kind: 'api_keys', accountId: actor.accountId })
}

/** A refusal as a value. Passing faults are no refusals. @throws whatever else the work throws */
async function refusalOf(work: () => Promise<void>): Promise<ConnectQuestion['refusal']> {
  try {
    await work()
    return null
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code === 'unavailable') throw error
    return { code: error.code, detail: error.message, fix: error.options.fix ?? ERRORS[error.code].fix }
  }
}

/**
 * What a person is asked: which site would be connected, and as what. Changes nothing.
 * @throws ServiceError `invalid_site_url`, `private_address`, `return_address_foreign`
 */
export async function askToConnect({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ConnectAsk
}): Promise<ConnectQuestion> {
  let found = NOTHING
  const refusal = await refusalOf(async () => {
    const target = await findTarget(ctx, input)
    found = target
    await assertMayApprove(ctx, target)
  })
  const back = readReturnAddress(input.site_url, input.return_url)
  const { site, integration } = found
  const isConnected = integration !== null && integration.credentials !== null
  return {
    site_url: input.site_url,
    site: site && { id: site.id, name: site.name },
    replaces: isConnected
      ? {
          integration_id: integration.id,
          site_url: integration.siteUrl,
          last_verified_at: integration.lastVerifiedAt?.toISOString() ?? null,
        }
      : null,
    refusal,
    consented: refusal === null && site !== null && !isConnected && (await hasAsked(ctx, input.token, site.id)),
    cancel_url: addToReturn(back, { igny8_error: 'denied', igny8_state: input.state }),
  }
}
