/**
 * What a connect request would change of a connection, and whose word is enough for it. An API key says which site calls,
 * never who may speak for it: a key leaks with a backup or a support ticket. So on a connection that exists, a new signing
 * secret or a new address needs
 * - the signature of the link (`link`): the caller holds a secret that is valid now;
 * - or a person of the account, from editor up: in their own session (`person`), or by confirming the request in the app
 *   (`confirmed`).
 * The first connection of a site has no link and replaces nothing (`first`).
 */
import { ROLES } from '../../contract/people.ts'
import type { ConnectRequest } from '../../contract/integrations.ts'
import { addressForms } from '../../lib/site-address.ts'
import type { Actor, ServiceContext } from '../context.ts'
import type { IntegrationRow } from '../tenant.ts'
import { isSignedByLink, refuseSkewed, type SignedRequest } from '../link.ts'

/** What differs from the connection; null is what stays. */
export interface Change {
  secret: string | null
  address: string | null
}

export type Authority = 'first' | 'link' | 'person'

/** Whether two addresses are spellings of one. */
export function isSameAddress(left: string, right: string): boolean {
  const forms = addressForms(left)
  return left === right || addressForms(right).some((form) => forms.includes(form))
}

/** Another spelling of the address changes nothing, and neither does a secret that both sides have. */
export function findChange(
  row: IntegrationRow,
  known: readonly string[],
  input: Pick<ConnectRequest, 'signing_secret' | 'site_url'>,
): Change {
  const secret = input.signing_secret
  return {
    secret: secret === undefined || known.includes(secret) ? null : secret,
    address: isSameAddress(row.siteUrl, input.site_url) ? null : input.site_url,
  }
}

export const isEditorOf = (actor: Actor, accountId: string): boolean =>
  actor.kind === 'user' && actor.accountId === accountId && ROLES.indexOf(actor.role) >= ROLES.indexOf('editor')

/**
 * Whose word a connect request brings with it; null if it brings a key alone.
 * @throws ServiceError `clock_skew`
 */
export async function findAuthority(
  ctx: ServiceContext<Actor>,
  row: IntegrationRow,
  known: readonly string[],
  message: SignedRequest | undefined,
): Promise<Authority | null> {
  if (row.credentials === null) return 'first'
  if (await isSignedByLink(ctx, known, message)) return 'link'
  if (isEditorOf(ctx.actor, row.accountId)) return 'person'
  await refuseSkewed(ctx, known, message)
  return null
}
