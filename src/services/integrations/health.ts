import { describeReason, type Health } from '../../contract/health.ts'
import { integrations } from '../../db/schema/index.ts'

/** The columns that tell how a connection is. */
export const healthColumns = {
  connection: integrations.connection,
  connectionReason: integrations.connectionReason,
  connectionDetail: integrations.connectionDetail,
  connectionSince: integrations.connectionSince,
  lastVerifiedAt: integrations.lastVerifiedAt,
  nextCheckAt: integrations.nextCheckAt,
}
export type HealthSource = Pick<typeof integrations.$inferSelect, keyof typeof healthColumns>

/** How a connection is, as the wire has it. */
export function describeHealth(row: HealthSource): Health {
  const code = row.connectionReason
  return {
    state: row.connection,
    reason: code === null ? null : { code, ...describeReason(code), detail: row.connectionDetail },
    since: row.connectionSince?.toISOString() ?? null,
    last_verified_at: row.lastVerifiedAt?.toISOString() ?? null,
    next_check_at: row.nextCheckAt?.toISOString() ?? null,
  }
}
