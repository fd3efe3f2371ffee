import { and, asc, eq, gt } from 'drizzle-orm'
import { accounts, memberships, users } from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'
import { sendMail } from '../mail/index.ts'

type Kind = 'deletion_scheduled' | 'deletion_cancelled' | 'account_deleted'

const PAGE = 100

/** What is deleted, in a mail about a person. */
const PERSON = 'your sign-in and all that is kept about you'

interface Letter {
  kind: Kind
  /** For `deletion_scheduled`. */
  dueAt?: Date
}

function send(ctx: ServiceContext, to: string, what: string, { kind, dueAt }: Letter): Promise<void> {
  const link = kind === 'account_deleted' ? {} : { link: `${ctx.config.publicUrl}/account` }
  const date = dueAt ? { date: dueAt.toISOString().slice(0, 10) } : {}
  return sendMail({ ctx, input: { to, kind, params: { what, ...date, ...link } } })
}

export async function nameAccount({ db }: ServiceContext, accountId: string): Promise<string> {
  const [row] = await db.select({ name: accounts.name }).from(accounts).where(eq(accounts.id, accountId)).limit(1)
  return row?.name ?? ''
}

/** Tells every member of an account about its deletion: whoever is in no other account goes with it. */
export async function tellMembers(ctx: ServiceContext, accountId: string, letter: Letter): Promise<void> {
  const what = await nameAccount(ctx, accountId)
  for (let last = ''; ;) {
    const page = await ctx.db
      .select({ userId: memberships.userId, email: users.email })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(and(eq(memberships.accountId, accountId), gt(memberships.userId, last)))
      .orderBy(asc(memberships.userId))
      .limit(PAGE)
    for (const { email } of page) await send(ctx, email, what, letter)
    last = page.at(-1)?.userId ?? ''
    if (page.length < PAGE) return
  }
}

/** The address of a person, to be kept in memory alone until they are erased. */
export async function addressOf({ db }: ServiceContext, userId: string): Promise<string | null> {
  const [row] = await db.select({ email: users.email }).from(users).where(eq(users.id, userId)).limit(1)
  return row?.email ?? null
}

/** Tells a person about their own deletion. */
export const tellPerson = (ctx: ServiceContext, email: string, letter: Letter): Promise<void> =>
  send(ctx, email, PERSON, letter)

/** Tells a former member that the account is deleted. */
export const tellFormerMember = (ctx: ServiceContext, email: string, what: string): Promise<void> =>
  send(ctx, email, what, { kind: 'account_deleted' })
