import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../scripts/lib/paths.ts'
import type { Runtime } from './runtime.ts'
import { createCounts, createStructure } from './structure.ts'

/** A connected site as the plugin knows it. */
export interface Site {
  siteId: string
  integrationId: string
  key: string
}

type Body = Record<string, unknown>

/** One request to the API; its answer must be a success. */
export async function call(url: URL, path: string, token: string | null, body: Body): Promise<Body> {
  const headers = { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) }
  const answer = await fetch(new URL(path, url), { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as Body
}

export async function migrate(
  { miniflare }: Pick<Runtime, 'miniflare'>,
  worker: string,
  binding = 'DB',
): Promise<void> {
  const database = await miniflare.getD1Database(binding, worker)
  const folder = join(ROOT, binding === 'DB' ? 'migrations' : 'migrations-events')
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  // as wrangler keeps them, for `/healthz`
  await database.exec('CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY, name TEXT UNIQUE)')
  for (const file of files.toSorted()) {
    const statements = readFileSync(join(folder, file), 'utf8').split('--> statement-breakpoint')
    const done = database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(file)
    await database.batch([...statements.map((statement) => database.prepare(statement)), done])
  }
}

/** Who owns everything here. */
export const PERSON = { name: 'Bench', email: 'bench@example.com', password: 'correct horse battery' }

/** Signs them up. @returns their token */
async function signUp(url: URL): Promise<string> {
  return String((await call(url, '/api/v1/auth/sign-up/email', null, PERSON))['token'])
}

/** Makes a site with a key and an integration through the API. */
export async function createSite(url: URL, token: string, name: string): Promise<Site> {
  const site = await call(url, '/api/v1/sites', token, { name: 'Bench', url: `https://${name}.example.com` })
  const { key } = await call(url, `/api/v1/sites/${String(site['id'])}/api-keys`, token, {})
  const integration = await call(url, '/api/v1/integration/integrations', token, { site_id: site['id'], api_key: key })
  return { siteId: String(site['id']), integrationId: String(integration['id']), key: String(key) }
}

/** A site whose plugin has pushed its structure. */
export async function createStructuredSite(url: URL, token: string, items: number): Promise<Site> {
  const site = await createSite(url, token, `site-${items}`)
  const path = `/api/v1/integration/integrations/${site.integrationId}/update-structure`
  await call(url, path, site.key, createStructure(items))
  return site
}

/** The synced counts of a site: until syncs exist, nothing but this writes the snapshot that they will project. */
async function storeCounts({ miniflare }: Runtime, site: Site, items: number): Promise<void> {
  const database = await miniflare.getD1Database('DB', 'app')
  const counts = JSON.stringify(createCounts(createStructure(items)))
  const update = 'UPDATE integrations SET counts_json = ?, counts_as_of = ? WHERE id = ?'
  await database.prepare(update).bind(counts, Date.now(), site.integrationId).run()
}

/** Gives the bare Workers a copy of the integration, and a key's record of the same size. */
async function copyToBare({ miniflare }: Runtime, site: Site): Promise<void> {
  const from = await miniflare.getD1Database('DB', 'app')
  const row = await from.prepare('SELECT * FROM integrations WHERE id = ?').bind(site.integrationId).first()
  if (!row) throw new Error('the integration is not in the database')
  const to = await miniflare.getD1Database('DB', 'reads')
  const marks = Object.keys(row).map(() => '?')
  await to
    .prepare(`INSERT INTO integrations (${Object.keys(row).join()}) VALUES (${marks.join()})`)
    .bind(...Object.values(row))
    .run()
  const keys = await miniflare.getKVNamespace('API_KEYS', 'app')
  const [first] = (await keys.list()).keys
  const record = await keys.get(first?.name ?? '', 'text')
  if (!record) throw new Error('the key is not at the edge')
  await (await miniflare.getKVNamespace('KV', 'reads')).put('key', record)
}

/** A database with one person. @returns their token */
export async function seedOwner(runtime: Runtime): Promise<string> {
  await migrate(runtime, 'app')
  await migrate(runtime, 'app', 'EVENTS')
  return signUp(await runtime.url('app'))
}

/** Two sites, with 1,000 and with 1,000,000 items; the bare Workers know the first. `token` is their owner's. */
export async function seed(runtime: Runtime): Promise<{ small: Site; large: Site; token: string }> {
  const token = await seedOwner(runtime)
  await migrate(runtime, 'reads')
  const bare = await runtime.miniflare.getD1Database('DB', 'naive')
  await bare.exec('CREATE TABLE items (id INTEGER PRIMARY KEY, type TEXT, title TEXT, doc TEXT)')
  const url = await runtime.url('app')
  const [small, large] = [
    await createStructuredSite(url, token, 1000),
    await createStructuredSite(url, token, 1_000_000),
  ]
  await storeCounts(runtime, small, 1000)
  await storeCounts(runtime, large, 1_000_000)
  await copyToBare(runtime, small)
  return { small, large, token }
}
