import { eq } from 'drizzle-orm'
import type { AccountSettings, AccountUpdate } from '../../contract/people.ts'
import { accounts } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { type Client, hasSecondFactor } from '../people/index.ts'
export { openAccount } from './create.ts'

/** The actor's account with its settings. @throws ServiceError `no_account` */
export async function getAccount({ ctx }: { ctx: ServiceContext }): Promise<AccountSettings> {
  const [row] = await ctx.db.select().from(accounts).where(eq(accounts.id, ctx.actor.accountId)).limit(1)
  if (!row) throw new ServiceError('no_account')
  return {
    id: row.id,
    name: row.name,
    require_two_factor: row.requireTwoFactor,
    created_at: row.createdAt.toISOString(),
  }
}

/**
 * Changes the account's settings. Who requires two factors must have them in this session, else they would lock
 * themselves out.
 * @throws ServiceError `second_factor_missing`
 */
export async function updateAccount({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: AccountUpdate & { client: Client }
}): Promise<AccountSettings> {
  const { name, require_two_factor: requireTwoFactor, client } = input
  if (requireTwoFactor && !(await hasSecondFactor({ ctx, input: { client } })))
    throw new ServiceError('second_factor_missing')
  const changes = {
    ...(name !== undefined && { name }),
    ...(requireTwoFactor !== undefined && { requireTwoFactor }),
  }
  if (Object.keys(changes).length === 0) return getAccount({ ctx })
  const { accountId } = ctx.actor
  // without the name: it is often a person's, and the log outlives them
  const metadata = {
    fields: Object.keys(changes),
    ...(requireTwoFactor !== undefined && { require_two_factor: requireTwoFactor }),
  }
  await appendAudit({
    ctx,
    input: {
      entry: { action: 'account.updated', entityId: accountId, metadata },
      changes: [ctx.db.update(accounts).set(changes).where(eq(accounts.id, accountId))],
    },
  })
  return getAccount({ ctx })
}
