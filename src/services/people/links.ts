import { and, eq, gt } from 'drizzle-orm'
import { verifications } from '../../db/schema/index.ts'
import { randomBase62 } from '../../lib/base62.ts'
import { sha256Hex } from '../../lib/hmac.ts'
import type { Actor, ServiceContext } from '../context.ts'

/**
 * Links that prove an e-mail address. A token is the person's id and 238 random bits, of which D1 has the SHA-256
 * beside the address. A person has one link for each purpose: a new one replaces the older.
 */
export type LinkPurpose = 'verify-email' | 'change-email'

type LinkContext = Pick<ServiceContext<Actor>, 'db' | 'now'>

const LIFETIME_MS: Record<LinkPurpose, number> = { 'verify-email': 86_400_000, 'change-email': 3_600_000 }
const SECRET_LENGTH = 40
const TOKEN = /^(verify-email|change-email)\.(usr_[0-9a-f]{32})\.([0-9A-Za-z]{40})$/

const rowOf = (purpose: LinkPurpose, userId: string) => eq(verifications.identifier, `${purpose}:${userId}`)

/** The address follows the hash. */
const valueOf = async (secret: string, email: string) => `${await sha256Hex(secret)} ${email}`

/** Makes a link's token for an address. */
export async function createLink(
  ctx: LinkContext,
  { purpose, userId, email }: { purpose: LinkPurpose; userId: string; email: string },
): Promise<string> {
  const secret = randomBase62(SECRET_LENGTH)
  const now = ctx.now()
  await ctx.db.batch([
    ctx.db.delete(verifications).where(rowOf(purpose, userId)),
    ctx.db.insert(verifications).values({
      id: crypto.randomUUID(),
      identifier: `${purpose}:${userId}`,
      value: await valueOf(secret, email),
      expiresAt: new Date(now + LIFETIME_MS[purpose]),
      createdAt: new Date(now),
      updatedAt: new Date(now),
    }),
  ])
  return `${purpose}.${userId}.${secret}`
}

/** The address that waits for its confirmation; null if none does. */
export async function findPendingAddress(ctx: LinkContext, purpose: LinkPurpose, userId: string) {
  const alive = and(rowOf(purpose, userId), gt(verifications.expiresAt, new Date(ctx.now())))
  const [row] = await ctx.db.select({ value: verifications.value }).from(verifications).where(alive).limit(1)
  return row === undefined ? null : row.value.slice(row.value.indexOf(' ') + 1)
}

/** Removes a person's link, as if it had never been sent. */
export async function dropLink(ctx: LinkContext, purpose: LinkPurpose, userId: string): Promise<void> {
  await ctx.db.delete(verifications).where(rowOf(purpose, userId))
}

/** Uses a link up. Of several requests at once, one gets the address. @returns null if the link is not valid */
export async function consumeLink(
  ctx: LinkContext,
  token: string,
): Promise<{ purpose: LinkPurpose; userId: string; email: string } | null> {
  const [, purpose, userId, secret] = TOKEN.exec(token) ?? []
  if (purpose === undefined || userId === undefined || secret === undefined) return null
  const known = purpose as LinkPurpose
  const email = await findPendingAddress(ctx, known, userId)
  if (email === null) return null
  const used = await ctx.db
    .delete(verifications)
    .where(and(rowOf(known, userId), eq(verifications.value, await valueOf(secret, email))))
    .returning({ id: verifications.id })
  return used.length === 0 ? null : { purpose: known, userId, email }
}
