import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { and, desc, eq } from 'drizzle-orm'
import { expect, onTestFinished, vi } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { db, openDatabase } from '../../src/db/client.ts'
import { syncEvents } from '../../src/db/events/schema.ts'
import { integrations } from '../../src/db/schema/index.ts'
import { hashApiKey } from '../../src/lib/api-key.ts'
import { signMessage } from '../../src/lib/signature.ts'
import { createTestKey, createTestSite, signUpPerson, type Person } from './identity.ts'
import { call } from './openapi.ts'
import { startModelSite, type ModelSite } from './plugin.ts'

export const COLLECTION = '/api/v1/integration/integrations'

export const d1 = () => db(env, null).db
/** An event database. */
export const eventsD1 = (database: D1Database = env.EVENTS) => openDatabase(database, 'first-primary').db

/** A site with a key and a WordPress at its address, not connected yet. */
export interface TestSite {
  owner: Person
  siteId: string
  key: string
  keyId: string
  wordpress: ModelSite
}

export interface ConnectedSite extends TestSite {
  integrationId: string
  /** Path of the integration, without a trailing slash. */
  path: string
}

export async function createSiteWithKey(owner?: Person): Promise<TestSite> {
  const wordpress = startModelSite()
  const person = owner ?? (await signUpPerson())
  const siteId = await createTestSite(person, wordpress.url)
  const { id: keyId, key } = await createTestKey(person, siteId)
  return { owner: person, siteId, key, keyId, wordpress }
}

/** The connect request of a site's plugin. */
export const connectBody = ({ siteId, key, wordpress }: TestSite) => ({
  site_id: siteId,
  api_key: key,
  site_url: wordpress.url,
  signing_secret: wordpress.signingSecret,
})

/** Headers that sign a body, as the plugin signs. */
export async function signedBy(
  secret: string,
  body: unknown,
  timestamp = Math.floor(Date.now() / 1000),
  id = `msg_${crypto.randomUUID()}`,
) {
  const text = body === undefined ? '' : JSON.stringify(body)
  const signature = await signMessage({ id, timestamp, body: text, secrets: [secret] })
  return { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
}

export const CONNECT = `POST ${COLLECTION}/test-connection/`

/** A site whose plugin has connected. @param signingSecret default: a new one */
export async function connectSite(owner?: Person, signingSecret?: string): Promise<ConnectedSite> {
  const site = await createSiteWithKey(owner)
  if (signingSecret !== undefined) site.wordpress.signingSecret = signingSecret
  const { status, body } = await call(CONNECT, { body: connectBody(site) })
  expect(status).toBe(201)
  return { ...site, integrationId: body.integration_id, path: `${COLLECTION}/${body.integration_id}` }
}

/** A connected site that has pushed its structure. */
export async function connectSiteWithStructure(owner?: Person): Promise<ConnectedSite> {
  const site = await connectSite(owner)
  const answer = await call(`POST ${site.path}/update-structure/`, { token: site.key, body: site.wordpress.structure })
  expect(answer.status).toBe(200)
  return site
}

export async function readIntegration(id: string) {
  const [row] = await d1().select().from(integrations).where(eq(integrations.id, id))
  return row
}

/** The newest event of an action. */
export async function lastEvent(integrationId: string, action: string) {
  const [row] = await eventsD1()
    .select()
    .from(syncEvents)
    .where(and(eq(syncEvents.integrationId, integrationId), eq(syncEvents.action, action)))
    .orderBy(desc(syncEvents.id))
    .limit(1)
  return row
}

export const siteObject = (siteId: string) => env.SITE_SYNC.getByName(siteId)

interface RunRow extends Record<string, SqlStorageValue> {
  status: string
  attempt: number
  next_attempt_at: number
  error: string | null
}

/** The one row of a run, as the site's object stores it. */
export function readRun(siteId: string, runId: string): Promise<RunRow> {
  return runInDurableObject(siteObject(siteId), (_instance, state) =>
    state.storage.sql.exec<RunRow>('SELECT * FROM runs WHERE id = ?', runId).one(),
  )
}

/** Waits until a run has ended, and returns it. */
export function runEnd(site: ConnectedSite, runId: string) {
  return vi.waitFor(
    async () => {
      const { body } = await call(`GET ${site.path}/sync-status/`, { token: site.key })
      expect(body.last_run?.id).toBe(runId)
      return body.last_run
    },
    { timeout: 5000, interval: 20 },
  )
}

/** Revokes a key, and restores its active record in KV, as a distant location still has it. */
export async function revokeBehindTheEdge({ siteId, owner }: TestSite, { id, key }: { id: string; key: string }) {
  const hash = await hashApiKey(readConfig(env).apiKeyPepper, key)
  const copy = (await env.API_KEYS.get(hash)) ?? ''
  expect(copy).toContain('"active"')
  const revoked = await call(`DELETE /api/v1/sites/${siteId}/api-keys/${id}/`, { token: owner.token })
  expect(revoked.status).toBe(204)
  await env.API_KEYS.put(hash, copy)
}

/** A clock that the test sets, through `Date.now`. */
export function movableClock() {
  const real = Date.now.bind(Date)
  let offsetMs = 0
  const spy = vi.spyOn(Date, 'now').mockImplementation(() => real() + offsetMs)
  onTestFinished(() => spy.mockRestore())
  return {
    advance(ms: number) {
      offsetMs += ms
    },
  }
}

/** Bindings that count a request's queries of D1 and reads of KV. */
export function countingBindings() {
  const counts = { queries: 0, keyReads: 0 }
  const counted = <T extends object>(target: T, methods: Record<string, keyof typeof counts | 'session'>): T =>
    new Proxy(target, {
      get(_target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          const kind = methods[String(name)]
          if (kind && kind !== 'session') counts[kind]++
          const result: unknown = value.apply(target, args)
          return kind === 'session' ? counted(result as object, { prepare: 'queries' }) : result
        }
      },
    })
  const bindings = {
    DB: counted(env.DB, { prepare: 'queries', withSession: 'session' }),
    EVENTS: counted(env.EVENTS, { prepare: 'queries', withSession: 'session' }),
    API_KEYS: counted(env.API_KEYS, { get: 'keyReads' }),
  }
  return { counts, bindings }
}
