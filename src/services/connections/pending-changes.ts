/** The change of a connection that waits for a person: one per integration, for a week. */
import { and, eq, gt, inArray, lt, or, type SQL, sql } from 'drizzle-orm'
import { CHANGE_LIFETIME_S, type ChangeState, type PendingConnectionChange } from '../../contract/connection-changes.ts'
import type { ConnectRequest } from '../../contract/integrations.ts'
import type { Db } from '../../db/client.ts'
import { insertWhile } from '../../db/insert-while.ts'
import { apiKeys, connectionChanges } from '../../db/schema/index.ts'
import { hmacSha256Hex } from '../../lib/hmac.ts'
import { openSecret, sealSecret } from '../../lib/secrets.ts'
import { appendAudit } from '../audit/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { noteToldOfRequest, notToldOfRequest, tellSecurity } from '../notifications/index.ts'
import { publishChange } from '../site-calls.ts'
import { type IntegrationRow, ofIntegration } from '../tenant.ts'
import { readKnownSecrets } from '../link.ts'
import { type Change, findChange } from './changes.ts'
import { hasIntegration, isUsable } from './still.ts'

export type PendingChange = typeof connectionChanges.$inferSelect

/** How long a waiting request is safe from being replaced by another one, so that a person can read it. */
const HELD_MS = 60_000
/** For how long a person's consent stands for a confirmation: the plugin connects at once, or after a few tries. */
const CONSENT_MS = 15 * 60_000
/** When the plugin asks again. */
const RETRY_S = 60

const rowOf = (id: string) => `connection_changes/${id}`

const fingerprintOf = (ctx: ServiceContext<Actor>, row: IntegrationRow, { secret, address }: Change) =>
  hmacSha256Hex(ctx.config.apiKeyPepper, `igny8:connection-change:v1\n${JSON.stringify([row.id, secret, address])}`)

/** The change that waits, with the key that asked. Null if there is none, it expired, or its key may no longer act. */
export async function findPendingChange(ctx: ServiceContext<Actor>, row: Pick<IntegrationRow, 'id' | 'accountId'>) {
  const now = new Date(ctx.now())
  const [found] = await ctx.db
    .select({ change: connectionChanges, apiKey: apiKeys.masked })
    .from(connectionChanges)
    .innerJoin(
      apiKeys,
      and(
        eq(apiKeys.id, connectionChanges.apiKeyId),
        eq(apiKeys.accountId, connectionChanges.accountId),
        isUsable(ctx.now()),
      ),
    )
    .where(and(ofIntegration(row), gt(connectionChanges.expiresAt, now)))
    .limit(1)
  return found ?? null
}

/** The wire's shape. The secret stays inside. */
export function presentChange(
  row: IntegrationRow,
  { change, apiKey }: NonNullable<Awaited<ReturnType<typeof findPendingChange>>>,
): PendingConnectionChange {
  return {
    id: change.id,
    state: change.state,
    new_secret: change.secret !== null,
    current_url: row.siteUrl,
    new_url: change.siteUrl,
    api_key: apiKey,
    requested_at: change.requestedAt.toISOString(),
    requested_from: change.requestedFrom,
    plugin_version: change.pluginVersion,
    expires_at: change.expiresAt.toISOString(),
  }
}

export const openChangeSecret = (ctx: ServiceContext<Actor>, change: PendingChange): Promise<string | null> =>
  change.secret === null ? Promise.resolve(null) : openSecret(ctx.config.keyRing, change.secret, rowOf(change.id))

interface AskInput {
  row: IntegrationRow
  change: Change
  request: Pick<ConnectRequest, 'rest_root' | 'plugin_version'>
  keyId: string
  requestedFrom: string | null
}

async function prepare(ctx: ServiceContext<Actor>, input: AskInput): Promise<PendingChange> {
  const { row, change, request, keyId, requestedFrom } = input
  const id = ctx.newId('chg')
  return {
    id,
    integrationId: row.id,
    accountId: row.accountId,
    siteId: row.siteId,
    state: 'waiting',
    fingerprint: await fingerprintOf(ctx, row, change),
    secret: change.secret === null ? null : await sealSecret(ctx.config.keyRing, change.secret, rowOf(id)),
    siteUrl: change.address,
    restRoot: request.rest_root ?? null,
    pluginVersion: request.plugin_version ?? null,
    apiKeyId: keyId,
    requestedFrom,
    requestedAt: new Date(ctx.now()),
    expiresAt: new Date(ctx.now() + CHANGE_LIFETIME_S * 1000),
    decidedBy: null,
  }
}

const needsConfirmation = (ctx: ServiceContext<Actor>, { row, change }: AskInput) => {
  const what = [
    change.secret !== null && 'a new signing secret',
    change.address !== null && `the address ${change.address}`,
  ]
  return new ServiceError(
    'connection_change_needs_confirmation',
    `The API key alone can’t give a connected site ${what.filter(Boolean).join(' and ')}.`,
    {
      fix: `Open ${ctx.config.publicUrl}/sites/${row.siteId}/connection and confirm the change. The plugin then connects by itself.`,
      retryAfterS: RETRY_S,
    },
  )
}

/**
 * Keeps what a connect request by key alone wants to change, for a person to decide, and tells the account. A repeat of
 * the same request changes nothing.
 * @returns the change if a person has confirmed exactly this one
 * @throws ServiceError `connection_change_needs_confirmation`, `connection_change_refused`; `too_many_requests` if
 *   another request came within the last minute
 */
export async function askForConfirmation(ctx: ServiceContext<Actor>, input: AskInput): Promise<PendingChange> {
  const { row, change, keyId, requestedFrom } = input
  const next = await prepare(ctx, input)
  const known = (await findPendingChange(ctx, row))?.change
  if (known?.fingerprint === next.fingerprint) {
    if (known.state === 'confirmed') return known
    if (known.state === 'refused') throw new ServiceError('connection_change_refused')
    throw needsConfirmation(ctx, input)
  }
  const now = ctx.now()
  // a confirmed one, too: the site that completes it may not have come yet
  const heldFor = known && known.state !== 'refused' ? known.requestedAt.getTime() + HELD_MS - now : 0
  if (heldFor > 0) {
    const detail = 'Another change of this connection waits for a person since less than a minute.'
    throw new ServiceError('too_many_requests', detail, { retryAfterS: heldFor / 1000 })
  }
  // of two requests at once the first is kept
  const isStale = known
    ? and(eq(connectionChanges.id, known.id), eq(connectionChanges.state, known.state))
    : or(lt(connectionChanges.requestedAt, new Date(now - HELD_MS)), eq(connectionChanges.state, 'refused'))
  const stored = sql`EXISTS (SELECT 1 FROM ${connectionChanges} WHERE ${connectionChanges.id} = ${next.id}
    AND ${connectionChanges.accountId} = ${row.accountId})`
  const actor: Actor = { kind: 'api_key', keyId, accountId: row.accountId, siteId: row.siteId, scopes: [] }
  const asked = { what: 'confirmation_requested' as const, from: row.siteUrl, to: change.address }
  const isNews = sql`${stored} AND ${notToldOfRequest(row.id, row.accountId, now)}`
  await appendAudit({
    ctx,
    input: {
      entry: {
        action: 'integration.change_requested',
        entityId: row.id,
        accountId: row.accountId,
        actor,
        metadata: { change_id: next.id, secret: change.secret !== null, from: row.siteUrl, to: change.address },
        when: stored,
      },
      changes: [
        insertWhile(ctx.db, connectionChanges, next, hasIntegration(ctx, row)).onConflictDoUpdate({
          target: connectionChanges.integrationId,
          set: next,
          setWhere: isStale ?? sql`false`,
        }),
        ...tellSecurity(ctx, {
          integration: row,
          changes: [asked],
          actor,
          requestedFrom,
          when: isNews,
        }),
        noteToldOfRequest(ctx.db, row.id, row.accountId, now, isNews),
      ],
    },
  })
  publishChange(ctx, row.siteId)
  throw needsConfirmation(ctx, input)
}

interface ConsentInput {
  row: IntegrationRow
  request: Omit<ConnectRequest, 'site_id' | 'platform'>
  keyId: string
  requestedFrom: string | null
}

/**
 * Keeps the change that a plugin is about to make as confirmed: a person has agreed to it in their session, and only the
 * plugin that they agreed to can name this secret (services/connect-codes/). The plugin completes it with its connect
 * request, if its site answers with the secret. Does nothing if nothing would change.
 */
export async function confirmForConsent({ ctx, input }: { ctx: ServiceContext; input: ConsentInput }): Promise<void> {
  const { row, request, keyId, requestedFrom } = input
  const change = findChange(row, await readKnownSecrets(ctx, row), request)
  if (change.secret === null && change.address === null) return
  const asked = await prepare(ctx, { row, change, request, keyId, requestedFrom })
  const decidedBy = ctx.actor.kind === 'user' ? ctx.actor.userId : null
  const confirmed = { ...asked, state: 'confirmed' as const, decidedBy, expiresAt: new Date(ctx.now() + CONSENT_MS) }
  const metadata = { change_id: asked.id, secret: change.secret !== null, from: row.siteUrl, to: change.address }
  await appendAudit({
    ctx,
    input: {
      entry: { action: 'integration.change_confirmed', entityId: row.id, metadata },
      changes: [
        insertWhile(ctx.db, connectionChanges, confirmed, hasIntegration(ctx, row)).onConflictDoUpdate({
          target: connectionChanges.integrationId,
          set: confirmed,
        }),
      ],
    },
  })
}

/** Moves a change from one of these states to another. @returns whether it was in one of them */
export function setChangeState(
  ctx: ServiceContext,
  change: PendingChange,
  from: readonly ChangeState[],
  state: ChangeState,
  decidedBy: string | null,
) {
  return ctx.db
    .update(connectionChanges)
    .set({ state, decidedBy })
    .where(
      and(
        eq(connectionChanges.id, change.id),
        eq(connectionChanges.accountId, change.accountId),
        inArray(connectionChanges.state, [...from]),
      ),
    )
    .returning({ id: connectionChanges.id })
}

/** The statement that drops whatever waits for an integration, if its connection was made anew. */
export const dropPendingChange = (db: Db, row: Pick<IntegrationRow, 'id' | 'accountId'>, when: SQL) =>
  db.delete(connectionChanges).where(and(ofIntegration(row), when))

interface PruneInput {
  db: Db
  /** Milliseconds since 1970. */
  now: number
  /** Most rows to delete. */
  limit: number
}

/** Deletes changes that nobody confirmed in time. @returns how many */
export async function pruneConnectionChanges({ db, now, limit }: PruneInput): Promise<number> {
  const expired = sql`SELECT integration_id FROM connection_changes WHERE expires_at < ${now} ORDER BY expires_at LIMIT ${limit}`
  const deleted = await db.delete(connectionChanges).where(sql`${connectionChanges.integrationId} IN (${expired})`)
  return deleted.meta.changes
}
