import type { Transport } from '../../contract/polling.ts'
import { checkDelayMs, connectionAfterSuccess } from '../../lib/connection.ts'
import type { ServiceContext } from '../context.ts'
import type { IntegrationRow } from '../tenant.ts'

/** How a site was reached and verified. */
interface Reached {
  siteUrl: string
  transport: Transport
  commandsUrl: string | null
}

/** The columns of an integration whose site was just verified at its address, except its credentials. */
export function verifiedColumns(
  ctx: Pick<ServiceContext, 'now'>,
  row: Pick<IntegrationRow, 'structure'>,
  { siteUrl, transport, commandsUrl }: Reached,
) {
  const now = new Date(ctx.now())
  return {
    siteUrl,
    commandsUrl,
    transport,
    ...(transport === 'polling' ? { lastPollAt: now } : { expectedLatencyS: null }),
    connection: connectionAfterSuccess(row.structure !== null),
    connectionReason: null,
    connectionDetail: null,
    connectionSince: now,
    lastVerifiedAt: now,
    nextCheckAt: new Date(ctx.now() + checkDelayMs(0)),
    updatedAt: now,
  }
}
