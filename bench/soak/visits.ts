/** What people and programs read, and what they ask of the connection. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Chance } from './chance.ts'
import { type Load, someSite } from './load.ts'
import { INTEGRATIONS, PASSWORD, signIn } from './people.ts'
import type { SoakSite } from './site.ts'

const READS_OF_A_VISIT = 4

const readsOf = ({ path, siteId, content }: SoakSite): string[] => [
  '/api/v1/auth/get-session',
  '/api/v1/sites?limit=50',
  `${INTEGRATIONS}?limit=200`,
  `/api/v1/sites/${siteId}`,
  `${path}/content-types`,
  `${path}/sync-status`,
  `${content}?limit=50`,
  `${content}?state=failed&limit=50`,
  `${path}/runs?limit=20`,
  `${path}/activity?days=30`,
  `${path}/events?limit=50`,
  '/healthz',
]

/** Somebody looks at a site in the app. */
export async function visit(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance)
  if (!site) return
  for (const path of chance.shuffle(readsOf(site)).slice(0, READS_OF_A_VISIT)) {
    // the site may be deleted meanwhile
    if (site.isFree) await load.client.send(`GET ${path}`, { kind: 'read', token: site.owner.token, expects: [404] })
  }
}

/** A program reads by the site's key. */
export async function readByKey(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance)
  if (!site) return
  const path = chance.pick(['content-types', 'sync-status', 'runs?limit=5'])
  await load.client.send(`GET ${site.path}/${path}`, { kind: 'read-by-key', token: site.key, expects: [401, 404] })
}

export async function syncSome(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance)
  if (!site) return
  const direction = chance.pick(['both', 'both', 'from_external', 'to_external'] as const) ?? 'both'
  const request = { kind: 'sync', token: site.owner.token, body: { direction }, expects: [404] }
  await load.client.send(`POST ${site.path}/sync`, request)
}

export async function checkDriftOfSome(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance)
  if (!site) return
  const request = { kind: 'check-drift', token: site.owner.token, body: {}, expects: [404] }
  await load.client.send(`POST ${site.path}/check-drift`, request)
}

/** A person has the connection checked, or asks the doctor. */
export async function checkHealth(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance)
  if (!site) return
  const action = chance.happens(0.2) ? 'doctor' : 'test-connection'
  const request = { kind: 'check-health', token: site.owner.token, body: {}, expects: [404] }
  await load.client.send(`POST ${site.path}/${action}`, request)
}

/** The heartbeats of sites that poll, and the standby polls of those that are called. */
export async function pollSome(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance, ({ isPolling }) => isPolling)
  if (site) await site.poll()
}

/** A person signs in and out, or somebody guesses a password. */
export async function signInAndOut({ client, people }: Load, chance: Chance): Promise<void> {
  if (chance.happens(0.3)) {
    const body = { email: `nobody-${chance.between(1, 1e9)}@soak.example.com`, password: `${PASSWORD}!` }
    await client.send('POST /api/v1/auth/sign-in/email', { kind: 'guess', body, expects: [401, 429] })
    return
  }
  const person = chance.pick(people)
  if (!person) return
  const token = await signIn(client, person.email)
  await client.send('GET /api/v1/me', { kind: 'read', token })
  await client.send('POST /api/v1/auth/sign-out', { kind: 'sign-out', token, body: {} })
}

const OPEN_MS = 45_000

/** Live connections that are open now. */
export const open = { sockets: 0, messages: 0 }

/** Somebody watches a site for a while. */
export async function watch(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance)
  if (!site) return
  const url = `${load.worker.url.replace('http', 'ws')}${site.path}/live`
  // Node's WebSocket takes headers, which the standard's doesn't
  const options = { headers: { authorization: `Bearer ${site.owner.token}` } } as unknown as string[]
  const socket = new WebSocket(url, options)
  const ended = Promise.withResolvers<void>()
  socket.addEventListener('open', () => open.sockets++)
  socket.addEventListener('message', () => open.messages++)
  socket.addEventListener('error', () => ended.resolve())
  socket.addEventListener('close', () => {
    ended.resolve()
  })
  let wasOpen = false
  socket.addEventListener('open', () => (wasOpen = true))
  await Promise.race([ended.promise, pause(OPEN_MS * (0.5 + chance.next()))])
  socket.close()
  if (wasOpen) open.sockets--
}
