import { and, eq, exists, isNull, not, type SQL, sql } from 'drizzle-orm'
import type { SecurityChange } from '../../contract/notifications.ts'
import type { Transport } from '../../contract/polling.ts'
import type { ActingUser } from '../../contract/structure.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { recordEvent } from '../../db/record-event.ts'
import { integrations } from '../../db/schema/index.ts'
import { maskApiKey, parseApiKey } from '../../lib/api-key.ts'
import { sealCredentials } from '../../lib/link-credentials.ts'
import { appendAudit } from '../audit/index.ts'
import { findActingUserChange } from '../integrations/index.ts'
import { type Actor, describeActor, type ServiceContext } from '../context.ts'
import { tellSecurity } from '../notifications/index.ts'
import { publishChange, scheduleCheck, unwrap } from '../site-calls.ts'
import type { IntegrationRow } from '../tenant.ts'
import type { Authority, Change } from './changes.ts'
import { dropPendingChange } from './pending-changes.ts'
import { hasSite, isAsRead, isConfirmed, mayAct } from './still.ts'
import { verifiedColumns } from './verified-columns.ts'

/** A connection whose site has just been verified. */
export interface Verified {
  change: Change
  /** Whose word the change rests on; null if nothing changes but the state. */
  authority: Authority | 'confirmed' | null
  /** Secrets that were valid until now, newest first. */
  known: readonly string[]
  siteUrl: string
  transport: Transport
  commandsUrl: string | null
  actingUser: ActingUser | undefined
  /** The API key that the plugin uses from now on; absent if the request has none. */
  apiKey?: string | undefined
  /** Who did it, for the audit log. */
  actor: Exclude<Actor, { kind: 'anonymous' }>
  /** The change that a person has confirmed, if the connection rests on one. */
  changeId?: string | undefined
  requestedFrom: string | null
  startedAt: number
}

/**
 * The secrets to keep. After an ordinary rotation messages that are under way may still come with the old one; a secret
 * that was lost, or is left at another address, is believed nothing from now on.
 */
function secretsToKeep({ change: { secret, address }, authority, known }: Verified): string[] | null {
  if (secret === null) return null
  return authority === 'link' && address === null ? [secret, ...known.slice(0, 1)] : [secret]
}

/** What is told to the account; nothing about a first connection, which changes nothing. */
function securityChanges(row: IntegrationRow, verified: Verified): SecurityChange[] {
  const { change, apiKey, authority, actingUser } = verified
  if (authority === 'first') return []
  const isOtherKey = apiKey !== undefined && row.apiKeyId !== null && row.apiKeyId !== parseApiKey(apiKey)?.keyId
  const acting = findActingUserChange(row.actingUser, actingUser)
  return [
    ...(change.secret === null ? [] : [{ what: 'secret_replaced' as const, from: null, to: null }]),
    ...(change.address === null ? [] : [{ what: 'address_changed' as const, from: row.siteUrl, to: change.address }]),
    ...(isOtherKey ? [{ what: 'key_changed' as const, from: row.apiKeyMasked, to: maskApiKey(apiKey) }] : []),
    ...(acting ? [acting] : []),
  ]
}

/** Without the names of WordPress users, which could not be erased. */
const forAudit = ({ what, from, to }: SecurityChange) =>
  what === 'acting_user_changed' ? { what } : { what, from, to }

async function columnsOf(ctx: ServiceContext<Actor>, row: IntegrationRow, verified: Verified) {
  const { apiKey, actingUser } = verified
  const secrets = secretsToKeep(verified)
  const key = apiKey === undefined ? null : parseApiKey(apiKey)
  return {
    ...verifiedColumns(ctx, row, verified),
    ...(secrets && { credentials: await sealCredentials(ctx.config.keyRing, row.id, secrets, ctx.now()) }),
    ...(key && { apiKeyId: key.keyId, apiKeyMasked: maskApiKey(key.plaintext) }),
    ...(actingUser && { actingUser }),
  }
}

/**
 * The write. A first connection inserts: a parallel request that failed may have deleted the row. One that exists is
 * only updated, so that it doesn't come back after a person has deleted it.
 */
function writeConnection(
  ctx: ServiceContext<Actor>,
  row: IntegrationRow,
  columns: Partial<IntegrationRow>,
  mayWrite: SQL | undefined,
) {
  const returned = { id: integrations.id }
  if (row.credentials === null) {
    return ctx.db
      .insert(integrations)
      .values({ ...row, ...columns })
      .onConflictDoUpdate({
        target: integrations.id,
        set: columns,
        setWhere: and(isNull(integrations.credentials), mayWrite) ?? sql`false`,
      })
      .returning(returned)
  }
  const own = and(eq(integrations.id, row.id), eq(integrations.accountId, row.accountId))
  return ctx.db
    .update(integrations)
    .set(columns)
    .where(and(own, isAsRead(row), mayWrite))
    .returning(returned)
}

/** What must still hold, besides that the connection is as it was read. */
const conditionsOf = (ctx: ServiceContext<Actor>, row: IntegrationRow, { actor, changeId }: Verified) =>
  and(
    hasSite(ctx, row),
    mayAct(ctx, actor),
    changeId === undefined ? undefined : isConfirmed(ctx, changeId, row.accountId),
  )

/** Takes a first connection back that was inserted although its site is gone or its key may no longer act. */
const takeBack = (ctx: ServiceContext<Actor>, written: SQL | undefined, mayWrite: SQL | undefined) =>
  ctx.db
    .delete(integrations)
    .where(and(written, not(mayWrite ?? sql`true`)))
    .returning({ id: integrations.id })

/** Lets the site's object follow: it forgets the old secret, and moves links to a new address. */
async function tellObject(ctx: ServiceContext<Actor>, row: IntegrationRow, { change, actor, siteUrl }: Verified) {
  if (change.secret === null && change.address === null) return
  const call = {
    accountId: row.accountId,
    siteId: row.siteId,
    integrationId: row.id,
    keyId: actor.kind === 'api_key' ? actor.keyId : null,
    requestId: ctx.requestId,
  }
  unwrap(await ctx.site(row.siteId).relocate(call, change.address === null ? [] : [row.siteUrl], siteUrl))
}

/**
 * Writes a verified connection with its audit record and the messages about it, in one batch, and then its event. Writes nothing
 * if something of what still.ts names has changed since the row was read.
 * @returns whether it was written
 */
export async function storeConnection(
  ctx: ServiceContext<Actor>,
  row: IntegrationRow,
  verified: Verified,
): Promise<boolean> {
  const { change, authority, actor, requestedFrom } = verified
  const columns = await columnsOf(ctx, row, verified)
  const told = securityChanges(row, verified)
  const isFirst = authority === 'first'
  const written = and(
    eq(integrations.id, row.id),
    eq(integrations.accountId, row.accountId),
    eq(integrations.siteUrl, columns.siteUrl),
    eq(integrations.updatedAt, columns.updatedAt),
    columns.credentials === undefined ? undefined : eq(integrations.credentials, columns.credentials),
  )
  const when = exists(ctx.db.select({ id: integrations.id }).from(integrations).where(written))
  const mayWrite = conditionsOf(ctx, row, verified)
  const write = writeConnection(ctx, row, columns, mayWrite)
  const guard = isFirst ? [takeBack(ctx, written, mayWrite)] : []
  const drop = change.secret === null && change.address === null ? [] : [dropPendingChange(ctx.db, row, when)]
  const messages = tellSecurity(ctx, { integration: row, changes: told, actor, requestedFrom, when })
  const entry = {
    action: isFirst ? ('integration.connected' as const) : ('integration.connection_changed' as const),
    entityId: row.id,
    accountId: row.accountId,
    actor,
    metadata: { changes: told.map(forAudit), authority, site_url: columns.siteUrl },
    when,
  }
  const changes = [write, ...guard, ...drop, ...(told.length > 0 ? messages : [])] as const
  const isChange = isFirst || told.length > 0
  try {
    const [rows, taken] = isChange ? await appendAudit({ ctx, input: { entry, changes } }) : await ctx.db.batch(changes)
    if (rows.length === 0 || (isFirst && Array.isArray(taken) && taken.length > 0)) return false
  } catch (cause) {
    // the integration was deleted and made again meanwhile, under another id
    if (isUniqueViolation(cause, 'integrations')) return false
    throw cause
  }
  await recordEvent(ctx, row, { action: 'connect', startedAt: verified.startedAt, actor: describeActor(actor) })
  if (!isFirst) await tellObject(ctx, row, verified)
  await scheduleCheck(ctx, row, columns.nextCheckAt.getTime())
  publishChange(ctx, row.siteId)
  return true
}
