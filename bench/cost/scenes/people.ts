/** What people and programs cost who use the API and the app. */
import { type Json } from '../lab.ts'
import type { LabSite } from '../site.ts'

const MINUTE_MS = 60_000
const REPEATS = 3
/** While somebody looks at the list of sites, it is read again this often (web/src/queries/sites.ts). */
const REFRESHES = 4

/**
 * What the app asks for in a visit: the session, the list of sites, a site's content types, its items, one item and its
 * activity. Its live connection is a kind of its own.
 */
const requestsOf = ({ path, siteId }: LabSite, item: string): string[] => [
  '/api/v1/auth/get-session',
  '/api/v1/deletions',
  '/api/v1/sites?limit=50',
  ...Array.from({ length: 1 + REFRESHES }, () => '/api/v1/integration/integrations?limit=200'),
  `/api/v1/sites/${siteId}`,
  `/api/v1/integration/integrations?site_id=${siteId}&limit=10`,
  `${path}/content-types`,
  `${path}/sync-status`,
  `/api/v1/sites/${siteId}/content?limit=50`,
  `/api/v1/sites/${siteId}/content/${item}`,
  `${path}/authors`,
  `/api/v1/sites/${siteId}/terms?taxonomy=category`,
  `${path}/runs?limit=20`,
  `${path}/activity?days=30`,
  `${path}/events?limit=50`,
]

async function visit(site: LabSite): Promise<void> {
  const item = await site.itemId()
  for (let n = 0; n < REPEATS; n++) {
    await site.lab.advance(MINUTE_MS)
    await site.rest()
    await site.lab.forget()
    for (const request of requestsOf(site, item)) await site.byPerson(`GET ${request}`)
    await site.lab.note('visit')
  }
}

/** Somebody watches the site while it is edited. What the edit costs by itself is counted, too. */
async function watch(site: LabSite): Promise<void> {
  for (let n = 0; n < REPEATS; n++) {
    site.edit(`Watched ${site.lab.now()}`)
    await site.lab.advance(MINUTE_MS)
    await site.rest()
    await site.lab.forget()
    const close = await site.lab.watch(`${site.path}/live`, site.person.token)
    await site.deliver()
    await close()
    await site.lab.note('watched-edit')
  }
}

async function readByKey(site: LabSite): Promise<void> {
  const { lab } = site
  const store = await lab.runtime.miniflare.getKVNamespace('API_KEYS', 'syncing')
  await site.byKey(`GET ${site.path}/content-types`)
  for (let n = 0; n < REPEATS; n++) {
    // longer than an isolate remembers the key
    await lab.advance(MINUTE_MS)
    await lab.forget()
    await site.byKey(`GET ${site.path}/content-types`)
    await lab.note('api-read')
    for (const { name } of (await store.list()).keys) await store.delete(name)
    await lab.advance(MINUTE_MS)
    await lab.forget()
    await site.byKey(`GET ${site.path}/content-types`)
    await lab.note('read-with-copy')
  }
}

/** What people do now and then, by the example of a setting. */
async function changeSettings(site: LabSite): Promise<void> {
  for (let n = 0; n < REPEATS; n++) {
    await site.lab.advance(MINUTE_MS)
    await site.rest()
    await site.lab.forget()
    const types: Json = { post: { fetch_limit: 1_000_000 - n } }
    await site.byPerson(`PATCH ${site.path}/content-types`, { post_types: types })
    await site.work()
    await site.lab.note('settings')
  }
}

async function signIn(site: LabSite, email: string, password: string): Promise<void> {
  const { lab } = site
  for (let n = 0; n < REPEATS; n++) {
    await lab.forget()
    await lab.send('POST /api/v1/auth/sign-in/email', { body: { email, password } })
    await lab.note('sign-in')
  }
}

/** All of it, at a site that is called. */
export async function usePeople(
  site: LabSite,
  { email, password }: { email: string; password: string },
): Promise<void> {
  await visit(site)
  await watch(site)
  await readByKey(site)
  await changeSettings(site)
  await signIn(site, email, password)
}
