/**
 * Requests that begin in the app: a person asks a site's plugin to connect. The request is a signed text that nothing is
 * stored of. It gives no access: it names the account to whoever administers the site, and spares the same person the
 * second question when their browser comes back.
 */
import { and, eq } from 'drizzle-orm'
import {
  type ConnectDescribe,
  type ConnectDescription,
  type ConnectStarted,
  REQUEST_LIFETIME_S,
} from '../../contract/connect.ts'
import { accounts, memberships, sites, users } from '../../db/schema/index.ts'
import { equalInConstantTime, hmacSha256Hex } from '../../lib/hmac.ts'
import { isSameAddress } from '../connections/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { readPluginUrl } from '../site-url.ts'
import { loadSite } from '../tenant.ts'

const MAC_CHARACTERS = 48

/** Whom a request is from, and for which site. */
interface Claim {
  siteId: string
  userId: string
  accountId: string
  /** Milliseconds since 1970. */
  until: number
}

const macOf = async ({ config }: Pick<ServiceContext<Actor>, 'config'>, { siteId, userId, accountId, until }: Claim) =>
  (
    await hmacSha256Hex(config.apiKeyPepper, ['igny8:connect-request:v1', siteId, userId, accountId, until].join('\n'))
  ).slice(0, MAC_CHARACTERS)

/** @throws ServiceError `connect_request_invalid`, `connect_request_expired` */
async function readRequest(ctx: ServiceContext<Actor>, token: string): Promise<Claim> {
  const [siteId = '', userId = '', accountId = '', end = '', mac = ''] = token.split('.')
  const claim = { siteId, userId, accountId, until: parseInt(end, 36) }
  if (!equalInConstantTime(mac, await macOf(ctx, claim))) throw new ServiceError('connect_request_invalid')
  if (claim.until <= ctx.now()) throw new ServiceError('connect_request_expired')
  return claim
}

/** The address at which a plugin takes a request: the site's own, where WordPress is whatever folder it is in. */
function approveUrl(siteUrl: string, token: string): string {
  const url = new URL(siteUrl)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/`
  url.searchParams.set('igny8_connect', token)
  return url.href
}

/**
 * Makes a request of a person to the plugin of a site of their account.
 * @throws ServiceError `site_not_found`, `site_inactive`, `person_required`
 */
export async function startConnect({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string }
}): Promise<ConnectStarted> {
  const { actor } = ctx
  if (actor.kind !== 'user') throw new ServiceError('person_required')
  const site = await loadSite({ ctx, siteId: input.siteId })
  if (!site.isActive) throw new ServiceError('site_inactive')
  const until = ctx.now() + REQUEST_LIFETIME_S * 1000
  const claim = { siteId: site.id, userId: actor.userId, accountId: actor.accountId, until }
  const token = [claim.siteId, claim.userId, claim.accountId, until.toString(36), await macOf(ctx, claim)].join('.')
  return { approve_url: approveUrl(site.url, token), expires_at: new Date(until).toISOString() }
}

/**
 * Says to a plugin who asks it to connect: what it shows comes from here, and never from an address that anybody can write.
 * @throws ServiceError `connect_request_invalid`, `connect_request_expired`, `connect_code_other_site`
 */
export async function describeRequest({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: ConnectDescribe
}): Promise<ConnectDescription> {
  const claim = await readRequest(ctx, input.token)
  const [found] = await ctx.db
    .select({
      siteName: sites.name,
      siteUrl: sites.url,
      accountName: accounts.name,
      personName: users.name,
      personEmail: users.email,
    })
    .from(sites)
    .innerJoin(accounts, eq(accounts.id, sites.accountId))
    .innerJoin(memberships, and(eq(memberships.accountId, sites.accountId), eq(memberships.userId, claim.userId)))
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(sites.id, claim.siteId), eq(sites.accountId, claim.accountId)))
    .limit(1)
  if (!found) throw new ServiceError('connect_request_invalid')
  if (!isSameAddress(found.siteUrl, readPluginUrl(ctx.config, input.site_url)))
    throw new ServiceError('connect_code_other_site', `The request is for ${found.siteUrl}.`)
  return {
    site_name: found.siteName,
    site_url: found.siteUrl,
    account_name: found.accountName,
    person_name: found.personName,
    person_email: found.personEmail,
    expires_at: new Date(claim.until).toISOString(),
  }
}

/** Whether this person has asked for this site to be connected, in this account, a moment ago. */
export async function hasAsked(ctx: ServiceContext, token: string | undefined, siteId: string): Promise<boolean> {
  const { actor } = ctx
  if (token === undefined || actor.kind !== 'user') return false
  const claim = await readRequest(ctx, token).catch((error: unknown) => {
    if (error instanceof ServiceError) return null
    throw error
  })
  return claim?.siteId === siteId && claim.userId === actor.userId && claim.accountId === actor.accountId
}
