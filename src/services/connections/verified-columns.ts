import type { Transport } from '../../contract/polling.ts'
import { checkDelayMs, connectionAfterSuccess } from '../../lib/connection.ts'
import { sealCredentials } from '../../lib/link-credentials.ts'
import type { ServiceContext } from '../context.ts'
import type { IntegrationRow } from '../tenant.ts'

/** How a site was reached and verified. */
interface Reached {
  siteUrl: string
  transport: Transport
  commandsUrl: string | null
  /** Newest first. */
  signingSecrets: string[]
}

/** The columns of an integration whose site was just verified at its address. */
export async function verifiedColumns(
  ctx: Pick<ServiceContext, 'config' | 'now'>,
  row: Pick<IntegrationRow, 'id' | 'structure'>,
  { siteUrl, transport, commandsUrl, signingSecrets }: Reached,
) {
  const now = new Date(ctx.now())
  return {
    siteUrl,
    commandsUrl,
    transport,
    ...(transport === 'polling' ? { lastPollAt: now } : { expectedLatencyS: null }),
    credentials: await sealCredentials(ctx.config.keyRing, row.id, signingSecrets, ctx.now()),
    connection: connectionAfterSuccess(row.structure !== null),
    connectionReason: null,
    connectionDetail: null,
    connectionSince: now,
    lastVerifiedAt: now,
    nextCheckAt: new Date(ctx.now() + checkDelayMs(0)),
    updatedAt: now,
  }
}
