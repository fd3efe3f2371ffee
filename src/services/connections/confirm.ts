import { and, eq } from 'drizzle-orm'
import type { ConnectionChangeAnswer } from '../../contract/connection-changes.ts'
import type { TestResult } from '../../contract/integrations.ts'
import { isSolvedByPolling } from '../../contract/link-errors.ts'
import { recordEvent } from '../../db/record-event.ts'
import { connectionChanges } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/index.ts'
import { storeConnection } from './connect-store.ts'
import {
  findPendingChange,
  openChangeSecret,
  type PendingChange,
  presentChange,
  setChangeState,
} from './pending-changes.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { readKnownSecrets } from '../link.ts'
import { tellSecurity } from '../notifications/index.ts'
import { publishChange, toRpcCall, unwrap } from '../site-calls.ts'
import { type IntegrationRow, loadIntegration } from '../tenant.ts'
import { chargeUnverifiedCall } from '../unverified.ts'

/** The change of a connection that waits for a person. @throws ServiceError `integration_not_found` */
export async function getConnectionChange({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<ConnectionChangeAnswer> {
  const row = await loadIntegration({ ctx, id: input.id })
  const found = await findPendingChange(ctx, row)
  return { change: found && found.change.state !== 'refused' ? presentChange(row, found) : null }
}

interface Decision {
  ctx: ServiceContext
  input: { id: string; changeId: string }
}

/** @throws ServiceError `connection_change_not_found` unless exactly this change waits */
async function loadChange({ ctx, input }: Decision): Promise<{ row: IntegrationRow; change: PendingChange }> {
  const row = await loadIntegration({ ctx, id: input.id })
  const found = await findPendingChange(ctx, row)
  if (found?.change.id !== input.changeId || found.change.state === 'refused')
    throw new ServiceError('connection_change_not_found')
  return { row, change: found.change }
}

const deciderOf = ({ actor }: ServiceContext) => (actor.kind === 'user' ? actor.userId : null)

/** Calls the site at the address that the change names, signed with the new secret alone. */
async function probe(ctx: ServiceContext, row: IntegrationRow, change: PendingChange, secrets: string[]) {
  if (change.siteUrl !== null) await chargeUnverifiedCall(ctx, { accountId: row.accountId, siteUrl: change.siteUrl })
  return unwrap(
    await ctx.site(row.siteId).probe({
      ...toRpcCall(ctx, row),
      siteUrl: change.siteUrl ?? row.siteUrl,
      signingSecrets: secrets,
      restRoot: change.restRoot,
      mayPoll: false,
    }),
  )
}

/** Writes down that a person confirmed. @throws ServiceError `connection_change_not_found` after another decision */
async function markConfirmed(ctx: ServiceContext, row: IntegrationRow, change: PendingChange): Promise<void> {
  const metadata = { change_id: change.id, secret: change.secret !== null, from: row.siteUrl, to: change.siteUrl }
  const [marked] = await appendAudit({
    ctx,
    input: {
      entry: { action: 'integration.change_confirmed', entityId: row.id, metadata },
      changes: [setChangeState(ctx, change, ['waiting', 'confirmed'], 'confirmed', deciderOf(ctx))],
    },
  })
  if (marked.length === 0) throw new ServiceError('connection_change_not_found')
}

/**
 * Confirms a change. IGNY8 calls the site, and makes the change if the site answers with the new secret. If the site can't
 * be called at all, the change stays confirmed, and the plugin completes it with its next request; if it answers
 * otherwise, the change waits as before.
 * @returns the result of the call
 * @throws ServiceError `integration_not_found`, `connection_change_not_found`, `sync_disabled`, `conflict`
 */
export async function confirmConnectionChange({ ctx, input }: Decision): Promise<TestResult> {
  const { row, change } = await loadChange({ ctx, input })
  if (!row.isActive) throw new ServiceError('sync_disabled', 'This integration is switched off.')
  const startedAt = ctx.now()
  const known = await readKnownSecrets(ctx, row)
  const secret = await openChangeSecret(ctx, change)
  await markConfirmed(ctx, row, change)
  const outcome = await probe(ctx, row, change, secret === null ? known : [secret])
  publishChange(ctx, row.siteId)
  const { evidence, detail } = outcome
  if (!outcome.ok) {
    const { code, fix } = outcome
    await recordEvent(ctx, row, { action: 'connect', startedAt, failure: { code, detail } })
    if (!isSolvedByPolling(code)) await setChangeState(ctx, change, ['confirmed'], 'waiting', null)
    return { success: false, integration_id: row.id, transport: row.transport, code, detail, fix, evidence }
  }
  const { transport, commandsUrl, plugin } = outcome
  const isStored = await storeConnection(ctx, row, {
    change: { secret, address: change.siteUrl },
    authority: 'confirmed',
    changeId: change.id,
    known,
    siteUrl: change.siteUrl ?? row.siteUrl,
    transport,
    commandsUrl,
    actingUser: plugin?.acting_user,
    actor: ctx.actor,
    requestedFrom: change.requestedFrom,
    startedAt,
  })
  // the plugin may have completed the confirmed change meanwhile
  if (!isStored && (await isPending(ctx, change))) throw new ServiceError('conflict')
  return { success: true, integration_id: row.id, transport, code: 'connected', detail, fix: null, evidence }
}

async function isPending(ctx: ServiceContext, change: PendingChange): Promise<boolean> {
  const same = and(eq(connectionChanges.id, change.id), eq(connectionChanges.accountId, change.accountId))
  const rows = await ctx.db.select({ id: connectionChanges.id }).from(connectionChanges).where(same).limit(1)
  return rows.length > 0
}

/**
 * Refuses a change. The plugin that asked for it is told so, and has to ask anew.
 * @throws ServiceError `integration_not_found`, `connection_change_not_found`
 */
export async function refuseConnectionChange({ ctx, input }: Decision): Promise<void> {
  const { row, change } = await loadChange({ ctx, input })
  const told = { what: 'change_refused' as const, from: row.siteUrl, to: change.siteUrl }
  const [refused] = await appendAudit({
    ctx,
    input: {
      entry: { action: 'integration.change_refused', entityId: row.id, metadata: { change_id: change.id } },
      changes: [
        setChangeState(ctx, change, ['waiting', 'confirmed'], 'refused', deciderOf(ctx)),
        ...tellSecurity(ctx, { integration: row, changes: [told], actor: ctx.actor }),
      ],
    },
  })
  if (refused.length === 0) throw new ServiceError('connection_change_not_found')
  publishChange(ctx, row.siteId)
}
