/**
 * Leaving mail by one click (RFC 8058). A mail that can be left carries a link whose token says which mail and whose, signed
 * with the pepper, so that it works without a session and years later. The token can do nothing else, which is why it may
 * stand in a URL. A mail program posts to the link; a browser that follows it is led to a page of the app that asks first,
 * because programs that scan mail follow links, too.
 *
 * Notices are left per person and account, as in their settings; invitations per address, over all accounts.
 */
import { and, eq } from 'drizzle-orm'
import * as z from 'zod'
import { API_PREFIX } from '../../contract/common.ts'
import type { MailSubscription } from '../../contract/mail.ts'
import type { Config } from '../../config.ts'
import { memberships } from '../../db/schema/index.ts'
import { equalInConstantTime, hmacSha256Hex } from '../../lib/hmac.ts'
import { ServiceError } from '../errors.ts'
import { addressKey } from './address.ts'
import type { MailContext } from './admit.ts'
import { isSuppressed, releaseKey, suppressKey } from './suppress.ts'

/** What a mail can be unsubscribed from. */
const Subscription = z.lazy(() =>
  z.discriminatedUnion('list', [
    z.object({ list: z.literal('notices'), account: z.string(), user: z.string() }),
    z.object({ list: z.literal('invitations'), address: z.string() }),
  ]),
)
type Subscription = z.infer<typeof Subscription>

const sign = ({ apiKeyPepper }: Config, payload: string) => hmacSha256Hex(apiKeyPepper, `mail-unsubscribe:${payload}`)

const encode = (subscription: Subscription) =>
  btoa(JSON.stringify(subscription)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

function decode(payload: string): unknown {
  try {
    return JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
  } catch {
    return null
  }
}

/** @throws ServiceError `unsubscribe_link_invalid` */
async function readToken(config: Config, token: string): Promise<Subscription> {
  const [payload = '', mac = ''] = token.split('.')
  const isOurs = equalInConstantTime(mac, await sign(config, payload))
  const parsed = isOurs ? Subscription.safeParse(decode(payload)) : null
  if (!parsed?.success) throw new ServiceError('unsubscribe_link_invalid')
  return parsed.data
}

/** The headers by which a mail is left, and the link for its foot. */
async function unsubscribeBy(config: Config, subscription: Subscription) {
  const payload = encode(subscription)
  const token = `${payload}.${await sign(config, payload)}`
  const url = `${config.publicUrl}${API_PREFIX}/mail/unsubscribe?token=${token}`
  return {
    url: `${config.publicUrl}/unsubscribe#token=${token}`,
    headers: { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
  }
}

export const unsubscribeNotices = (config: Config, of: { accountId: string; userId: string }) =>
  unsubscribeBy(config, { list: 'notices', account: of.accountId, user: of.userId })

export const unsubscribeInvitations = async (config: Config, address: string) =>
  unsubscribeBy(config, { list: 'invitations', address: await addressKey(config, address) })

const isMember = ({ account, user }: Extract<Subscription, { list: 'notices' }>) =>
  and(eq(memberships.accountId, account), eq(memberships.userId, user))

/** What a link of a mail is about, and whether it is still sent. @throws ServiceError `unsubscribe_link_invalid` */
export async function getSubscription({
  ctx,
  input,
}: {
  ctx: MailContext
  input: { token: string }
}): Promise<MailSubscription> {
  const subscription = await readToken(ctx.config, input.token)
  const { list } = subscription
  if (list === 'invitations') return { list, subscribed: !(await isSuppressed(ctx, subscription.address, list)) }
  const [member] = await ctx.db
    .select({ notifyEmail: memberships.notifyEmail })
    .from(memberships)
    .where(isMember(subscription))
    .limit(1)
  return { list, subscribed: member !== undefined && member.notifyEmail !== false }
}

/**
 * Leaves or takes up again what a mail belongs to. Repeating it changes nothing.
 * @throws ServiceError `unsubscribe_link_invalid`
 */
export async function setSubscribed({
  ctx,
  input,
}: {
  ctx: MailContext
  input: { token: string; subscribed: boolean }
}): Promise<void> {
  const subscription = await readToken(ctx.config, input.token)
  if (subscription.list === 'notices') {
    await ctx.db.update(memberships).set({ notifyEmail: input.subscribed }).where(isMember(subscription))
    return
  }
  await (input.subscribed
    ? releaseKey(ctx, subscription.address, 'invitations')
    : suppressKey(ctx, subscription.address, 'invitations'))
}
