import type { ConnectExchange, ConnectGrant } from '../../contract/connect.ts'
import { ROLES } from '../../contract/people.ts'
import { SCOPES } from '../../contract/sites.ts'
import { createApiKey } from '../api-keys/index.ts'
import { confirmForConsent, isSameAddress } from '../connections/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { createIntegration, presetTypes } from '../integrations/index.ts'
import { readPluginUrl } from '../site-url.ts'
import { assertOpen } from '../suspension/state.ts'
import { findIntegration } from '../tenant.ts'
import { claimCode, type CodeRow, findCode, isMadeOf } from './codes.ts'

/** As people find the key in the list of keys. */
const KEY_NAME = 'WordPress plugin'

type Found = NonNullable<Awaited<ReturnType<typeof findCode>>>
type Approver = Extract<Actor, { kind: 'user' }>

/** The person who said yes, with the role that they have now. @throws ServiceError `connect_code_invalid` */
function approverOf({ row, role, isActive }: Found): Approver {
  if (role === null || isActive !== true || ROLES.indexOf(role) < ROLES.indexOf('admin'))
    throw new ServiceError('connect_code_invalid', 'Whoever approved this connection may no longer do so.')
  return { kind: 'user', userId: row.approvedBy, accountId: row.accountId, role }
}

/**
 * Finds a code for whoever holds its verifier. To all others, codes that exist and codes that don't look the same.
 * @throws ServiceError `connect_code_invalid`; `connect_code_other_site`, `connect_code_used`, `connect_code_expired`
 */
async function readCode(ctx: ServiceContext<Actor>, input: ConnectExchange): Promise<Found> {
  const found = await findCode(ctx, input.code)
  if (!found || !(await isMadeOf(found.row.challenge, input.verifier))) throw new ServiceError('connect_code_invalid')
  const { row } = found
  if (!isSameAddress(row.siteUrl, readPluginUrl(ctx.config, input.site_url)))
    throw new ServiceError('connect_code_other_site', `The code is for ${row.siteUrl}.`)
  if (row.usedAt !== null) throw new ServiceError('connect_code_used')
  if (row.expiresAt.getTime() <= ctx.now()) throw new ServiceError('connect_code_expired')
  return found
}

interface Prepared {
  as: ServiceContext<Approver>
  row: CodeRow
  input: ConnectExchange
  key: { id: string; key: string }
  requestedFrom: string | null
}

/**
 * Makes ready what the plugin's connect request needs: an integration with the person's choices where there is none, and
 * their confirmation where the plugin would replace the secret of one. It is theirs alone: what they were not shown waits
 * as any other change does.
 */
async function prepareConnection({ as, row, input, key, requestedFrom }: Prepared): Promise<void> {
  const known = await findIntegration(as, row.siteId)
  if (known === null) {
    const made = await createIntegration({
      ctx: as,
      input: {
        site_id: row.siteId,
        platform: 'wordpress',
        site_url: row.siteUrl,
        api_key: key.key,
        sync_enabled: true,
        config_json: {},
      },
    })
    return presetTypes({ ctx: as, input: { id: made.id, settings: row.typeSettings } })
  }
  await presetTypes({ ctx: as, input: { id: known.id, settings: row.typeSettings } })
  if (known.credentials !== null && row.replaces === known.id)
    await confirmForConsent({ ctx: as, input: { row: known, request: input, keyId: key.id, requestedFrom } })
}

/**
 * The plugin's exchange of a code: uses it up and makes an API key of the site, in the name of the person who said yes.
 * Then the plugin connects with the key as always.
 * @throws ServiceError `connect_code_invalid`, `connect_code_other_site`, `connect_code_used`, `connect_code_expired`,
 *   `invalid_site_url`, `private_address`, `quota_exceeded`, `account_suspended`
 */
export async function exchangeConnectCode({
  ctx,
  input,
  requestedFrom,
}: {
  ctx: ServiceContext<Actor>
  input: ConnectExchange
  requestedFrom: string | null
}): Promise<ConnectGrant> {
  const found = await readCode(ctx, input)
  const { row, siteName, accountName } = found
  const as = { ...ctx, actor: approverOf(found) }
  await assertOpen(ctx, row.accountId)
  if (!(await claimCode(ctx, row))) throw new ServiceError('connect_code_used')
  const key = await createApiKey({
    ctx: as,
    input: { siteId: row.siteId, name: KEY_NAME, scopes: [...SCOPES], expires_at: null },
  })
  await prepareConnection({ as, row, input, key, requestedFrom })
  return { site_id: row.siteId, site_name: siteName, account_name: accountName, api_key: key.key }
}
