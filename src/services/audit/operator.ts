import type { AuditAction } from '../../contract/audit.ts'
import { OPERATOR_ACCOUNT, type OperatorActor } from '../context.ts'
import { appendAudit, type AuditContext } from './append.ts'

/** Operators in the logs of accounts, where they have no names. */
export const THE_OPERATOR: OperatorActor = { kind: 'operator', accountId: OPERATOR_ACCOUNT }

/** For the log of an account: it doesn't say from where an operator works either. */
export const withoutOrigin = <C extends AuditContext>(ctx: C): C => ({ ...ctx, origin: undefined })

interface OperatorRecord {
  action: AuditAction
  entityId: string
  metadata: Record<string, unknown>
  /** The account that it concerns; null if it concerns none, or many. */
  accountId: string | null
}

/** Records what an operator did: in their own log, with who it was, and in that of the account. */
export async function auditOperator({ ctx, input }: { ctx: AuditContext; input: OperatorRecord }): Promise<void> {
  const { accountId, ...entry } = input
  await appendAudit({ ctx, input: { entry, changes: [] } })
  if (accountId === null) return
  const record = { ...entry, accountId, actor: THE_OPERATOR }
  await appendAudit({ ctx: withoutOrigin(ctx), input: { entry: record, changes: [] } })
}
