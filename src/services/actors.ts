import { and, eq, sql } from 'drizzle-orm'
import type { ActorRef } from '../contract/actor.ts'
import { apiKeys, users } from '../db/schema/index.ts'
import { parseActor } from '../lib/actor-name.ts'
import type { ServiceContext } from './context.ts'

/** Names by id, as they are today. What is gone has none. */
export type Names = ReadonlyMap<string, string>

/** An actor as it is stored (`user:usr_…`), for a reader. */
export function presentActor(stored: string, names: Names): ActorRef {
  const { kind, id } = parseActor(stored)
  return { kind, id, name: id === null ? null : (names.get(id) ?? null) }
}

/** The ids of actors as they are stored. */
export const idsOfActors = (actors: readonly (string | null)[]): string[] =>
  actors.flatMap((actor) => actor?.split(':')[1] ?? [])

/** What the people and keys among actors are called today. */
export async function loadActorNames(
  { db, actor }: Pick<ServiceContext, 'db' | 'actor'>,
  actors: readonly (string | null)[],
): Promise<Names> {
  const ids = idsOfActors([...new Set(actors)])
  if (ids.length === 0) return new Map()
  const list = JSON.stringify(ids)
  const [people, keys] = await Promise.all([
    db
      .select({ id: users.id, name: users.name })
      .from(users)
      .where(sql`${users.id} IN (SELECT value FROM json_each(${list}))`),
    db
      .select({ id: apiKeys.id, name: apiKeys.masked })
      .from(apiKeys)
      .where(and(eq(apiKeys.accountId, actor.accountId), sql`${apiKeys.id} IN (SELECT value FROM json_each(${list}))`)),
  ])
  return new Map([...people, ...keys].map(({ id, name }) => [id, name]))
}
