import type { ConnectApproval, ConnectApproved } from '../../contract/connect.ts'
import { type ContentTypesUpdate, DEFAULT_FETCH_LIMIT } from '../../contract/content-types.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { assertStays } from '../deletion/stays.ts'
import { ServiceError } from '../errors.ts'
import { createSite } from '../sites/index.ts'
import { createCode, type CodeRow, expiryOf, hashCode, isStored, putCode } from './codes.ts'
import { assertSwitchedOn, findTarget, type Target } from './find-target.ts'
import { addToReturn } from './return-address.ts'

/** Limits are set in steps of this many items, with room for as many again. */
const LIMIT_STEP = 1_000
const MOST_ITEMS = 1_000_000

/** The limit with which the first sync brings everything that the question counted; undefined if the usual one does. */
const limitFor = (count: number): number | undefined =>
  count <= DEFAULT_FETCH_LIMIT ? undefined : Math.min(MOST_ITEMS, Math.ceil((2 * count) / LIMIT_STEP) * LIMIT_STEP)

/**
 * The person's choices, and limits with which what they were told comes true. A site that is known has limits that people
 * have set, or left as they are: those stay.
 */
function settingsOf({ types, choices }: ConnectApproval, isNew: boolean): ContentTypesUpdate {
  const known = new Map(types.map(({ slug, count }) => [slug, isNew ? limitFor(count) : undefined]))
  const slugs = [...new Set([...known.keys(), ...Object.keys(choices)])]
  const postTypes = slugs.flatMap((slug) => {
    const limit = known.get(slug)
    const setting = {
      ...(choices[slug] !== undefined && { enabled: choices[slug] }),
      ...(limit !== undefined && { fetch_limit: limit }),
    }
    return Object.keys(setting).length === 0 ? [] : [[slug, setting] as const]
  })
  return postTypes.length === 0 ? {} : { post_types: Object.fromEntries(postTypes) }
}

/** The connection that would be replaced is the one that the person was shown. @throws ServiceError `conflict` */
function assertAsShown({ integration }: Target, { replaces }: ConnectApproval): void {
  const current = integration !== null && integration.credentials !== null ? integration.id : null
  if (current !== replaces) throw new ServiceError('conflict', 'The connection of this site has changed meanwhile.')
}

/** The id of the account's site with this address, which is added if there is none. */
async function siteOf(ctx: ServiceContext, { site, siteUrl }: Target, name: string | undefined): Promise<string> {
  if (site !== null) return site.id
  const host = new URL(siteUrl).hostname.replace(/^www\./, '')
  return (await createSite({ ctx, input: { name: name ?? host, url: siteUrl } })).id
}

/**
 * A person's yes: adds the site if the account has none with this address, and makes a code for its plugin.
 * @throws ServiceError `invalid_site_url`, `private_address`, `return_address_foreign`, `connected_elsewhere`,
 *   `site_inactive`, `sync_disabled`, `conflict`, `quota_exceeded`, `account_leaving`, `site_not_found`
 */
export async function approveConnect({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ConnectApproval
}): Promise<ConnectApproved> {
  const { actor } = ctx
  if (actor.kind !== 'user') throw new ServiceError('person_required')
  await assertStays(ctx, actor.accountId)
  const target = await findTarget(ctx, input)
  assertSwitchedOn(target)
  assertAsShown(target, input)
  const siteId = await siteOf(ctx, target, input.site_name)
  const code = createCode()
  const now = ctx.now()
  const row: CodeRow = {
    siteId,
    accountId: actor.accountId,
    codeHash: await hashCode(ctx, code),
    challenge: input.challenge,
    siteUrl: target.siteUrl,
    approvedBy: actor.userId,
    replaces: input.replaces,
    typeSettings: settingsOf(input, target.integration === null),
    usedAt: null,
    expiresAt: expiryOf(now),
    createdAt: new Date(now),
  }
  const metadata = { site_url: target.siteUrl, replaces: input.replaces }
  const entry = { action: 'site.connect_approved', entityId: siteId, metadata, when: isStored(row) } as const
  const [stored] = await appendAudit({ ctx, input: { entry, changes: [putCode(ctx, row)] } })
  if (stored.length === 0) throw new ServiceError('site_not_found')
  const redirectUrl = addToReturn(target.back, { igny8_code: code, igny8_state: input.state })
  return { site_id: siteId, redirect_url: redirectUrl, expires_at: row.expiresAt.toISOString() }
}
