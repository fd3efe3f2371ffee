import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { playDeletions } from '../../src/cron/deletions.ts'
import { deletions } from '../../src/db/schema/index.ts'
import type { KnownActor, ServiceContext } from '../../src/services/context.ts'
import { call, createTestContext, type Person } from './identity.ts'
import { d1, siteObject } from './integration.ts'

const DAY_MS = 86_400_000

/** Runs the cron's work on deletions as of some days from now. */
export function playAfter(days: number, overrides: Partial<ServiceContext> = {}, minutes = 0) {
  const now = Date.now() + days * DAY_MS + minutes * 60_000
  return playDeletions((accountId) =>
    createTestContext<KnownActor>({ kind: 'system', accountId }, { now: () => now, ...overrides }),
  )
}

export const deletionOf = async (subjectId: string) =>
  (await d1().select().from(deletions).where(eq(deletions.subjectId, subjectId)))[0]

export const nameOf = async ({ accountId }: Person): Promise<string> =>
  (await env.DB.prepare('SELECT name FROM accounts WHERE id = ?').bind(accountId).first<string>('name')) ?? ''

export const deleteAccount = async (owner: Person, extra: object = {}) =>
  call('POST /api/v1/account/deletion/', {
    token: owner.token,
    headers: { 'x-account-id': owner.accountId },
    body: { name: await nameOf(owner), ...extra },
  })

export const deletePerson = ({ token, email }: Person, extra: object = {}) =>
  call('POST /api/v1/me/deletion/', { token, body: { email, ...extra } })

/** Every row of the databases in which a text occurs, by table. */
export async function findInD1(text: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const database of [env.DB, env.EVENTS, env.SPARE_EVENTS_1, env.SPARE_EVENTS_2])
    await findInDatabase(database, text, found)
  return found
}

async function findInDatabase(database: D1Database, text: string, found: Record<string, number>): Promise<void> {
  const tables = await database
    .prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%' AND name <> 'd1_migrations'",
    )
    .all<{ name: string }>()
  for (const { name } of tables.results) {
    const { results } = await database.prepare(`SELECT * FROM "${name}"`).all()
    const hits = results.filter((row) => JSON.stringify(row).includes(text)).length
    if (hits > 0) found[name] = (found[name] ?? 0) + hits
  }
}

/** The tables that a site's object has. */
export const objectTables = (siteId: string): Promise<string[]> =>
  runInDurableObject(siteObject(siteId), (_object, state) =>
    state.storage.sql
      .exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
      )
      .toArray()
      .map(({ name }) => name),
  )
