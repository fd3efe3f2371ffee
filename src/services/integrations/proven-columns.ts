import type { Carrier } from '../../contract/exchange.ts'
import { checkDelayMs, connectionAfterSuccess } from '../../lib/connection.ts'
import { sealCredentials } from '../../lib/link-credentials.ts'
import type { Context } from '../context.ts'
import type { IntegrationRow } from './internal.ts'

/** How a site was reached, and proved to be itself. */
interface Reached {
  siteUrl: string
  carrier: Carrier
  commandsUrl: string | null
  /** Newest first. */
  signingSecrets: string[]
}

/** The columns that a site leaves which was just proven at its address. */
export async function provenColumns(
  ctx: Pick<Context, 'config' | 'now'>,
  row: Pick<IntegrationRow, 'id' | 'structure'>,
  { siteUrl, carrier, commandsUrl, signingSecrets }: Reached,
) {
  const now = new Date(ctx.now())
  return {
    siteUrl,
    commandsUrl,
    carrier,
    ...(carrier === 'exchange' ? { lastExchangeAt: now } : { expectedLatencyS: null }),
    credentials: await sealCredentials(ctx.config.keyRing, row.id, signingSecrets, ctx.now()),
    connection: connectionAfterSuccess(row.structure !== null),
    connectionReason: null,
    connectionDetail: null,
    connectionSince: now,
    lastProofAt: now,
    nextCheckAt: new Date(ctx.now() + checkDelayMs(0)),
    updatedAt: now,
  }
}
