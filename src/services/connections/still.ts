/**
 * What must still hold when a connection is written. A site is called first, which takes up to half a minute, and whoever
 * answers decides how long: meanwhile a person may have connected anew, revoked the key, refused the change, or switched
 * the site off or deleted it. So each condition is part of the statement that writes.
 */
import { and, eq, exists, gt, isNull, or, type SQL, sql } from 'drizzle-orm'
import { apiKeys, connectionChanges, integrations, sites } from '../../db/schema/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import type { IntegrationRow } from '../tenant.ts'

const one = { one: sql`1` }

/** The connection is the one that was read: neither secret nor address has changed, and it is switched on. */
export const isAsRead = (row: IntegrationRow): SQL | undefined =>
  and(
    eq(integrations.siteUrl, row.siteUrl),
    row.credentials === null ? isNull(integrations.credentials) : eq(integrations.credentials, row.credentials),
    eq(integrations.isActive, true),
  )

/** The integration is there. */
export const hasIntegration = ({ db }: Pick<ServiceContext, 'db'>, row: IntegrationRow): SQL =>
  exists(
    db
      .select(one)
      .from(integrations)
      .where(and(eq(integrations.id, row.id), eq(integrations.accountId, row.accountId))),
  )

/** The site is there, and switched on. */
export const hasSite = ({ db }: Pick<ServiceContext, 'db'>, row: Pick<IntegrationRow, 'siteId' | 'accountId'>): SQL =>
  exists(
    db
      .select(one)
      .from(sites)
      .where(and(eq(sites.id, row.siteId), eq(sites.accountId, row.accountId), eq(sites.isActive, true))),
  )

/** The key is neither revoked nor expired. */
export const isUsable = (now: number): SQL | undefined =>
  and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, new Date(now))))

/** Whoever writes may still act: a key is neither revoked nor expired. People's sessions were read from the primary. */
export function mayAct({ db, now }: Pick<ServiceContext, 'db' | 'now'>, actor: Actor): SQL | undefined {
  if (actor.kind !== 'api_key') return undefined
  const own = and(eq(apiKeys.id, actor.keyId), eq(apiKeys.accountId, actor.accountId), isUsable(now()))
  return exists(db.select(one).from(apiKeys).where(own))
}

/** The change is confirmed, and the key that asked for it may still act. */
export const isConfirmed = (
  { db, now }: Pick<ServiceContext, 'db' | 'now'>,
  changeId: string,
  accountId: string,
): SQL =>
  exists(
    db
      .select(one)
      .from(connectionChanges)
      .innerJoin(apiKeys, and(eq(apiKeys.id, connectionChanges.apiKeyId), isUsable(now())))
      .where(
        and(
          eq(connectionChanges.id, changeId),
          eq(connectionChanges.accountId, accountId),
          eq(connectionChanges.state, 'confirmed'),
        ),
      ),
  )
