import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import {
  accounts,
  apiKeys,
  integrations,
  invitations,
  memberships,
  notificationEndpoints,
  sites,
  users,
} from '../../db/schema/index.ts'
import type { Names } from '../actors.ts'
import { hideAddress } from './origin.ts'

interface NamesInput {
  db: Db
  pepper: string
  accountId: string
  ids: readonly string[]
}

const among = (column: unknown, ids: string) => sql`${column} IN (SELECT value FROM json_each(${ids}))`

/** Names of people, keys, sites and endpoints of an account. */
async function loadById({ db, accountId, ids }: NamesInput) {
  const list = JSON.stringify(ids)
  const [people, keys, places, connections, endpoints, own] = await Promise.all([
    db.select({ id: users.id, name: users.name }).from(users).where(among(users.id, list)),
    db
      .select({ id: apiKeys.id, name: apiKeys.masked })
      .from(apiKeys)
      .where(and(eq(apiKeys.accountId, accountId), among(apiKeys.id, list))),
    db
      .select({ id: sites.id, name: sites.name })
      .from(sites)
      .where(and(eq(sites.accountId, accountId), among(sites.id, list))),
    db
      .select({ id: integrations.id, name: sites.name })
      .from(integrations)
      .innerJoin(sites, eq(sites.id, integrations.siteId))
      .where(and(eq(integrations.accountId, accountId), among(integrations.id, list))),
    db
      .select({ id: notificationEndpoints.id, name: notificationEndpoints.name })
      .from(notificationEndpoints)
      .where(and(eq(notificationEndpoints.accountId, accountId), among(notificationEndpoints.id, list))),
    db.select({ id: accounts.id, name: accounts.name }).from(accounts).where(eq(accounts.id, accountId)),
  ])
  return [...people, ...keys, ...places, ...connections, ...endpoints, ...own]
}

/** Addresses of the account's members and invitations, by what stands for them in the log. */
async function loadAddresses({ db, pepper, accountId }: NamesInput) {
  const [members, invited] = await Promise.all([
    db
      .select({ email: users.email })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(eq(memberships.accountId, accountId)),
    db.select({ email: invitations.email }).from(invitations).where(eq(invitations.accountId, accountId)),
  ])
  const named = [...members, ...invited].map(async ({ email }) => ({
    id: await hideAddress(pepper, accountId, email),
    name: email,
  }))
  return Promise.all(named)
}

/** Looks up what ids of an account's log are called today. */
export async function loadNames(input: NamesInput): Promise<Names> {
  const found = await loadById(input)
  const addresses = input.ids.some((id) => id.startsWith('email:')) ? await loadAddresses(input) : []
  return new Map([...found, ...addresses].flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const])))
}
