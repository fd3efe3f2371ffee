/** Counts each kind of work on the running Worker, at sites of two sizes. */
import { join } from 'node:path'
import { temporaryFolder } from '../../scripts/lib/paths.ts'
import { buildWorkerModules, readModules } from '../../scripts/worker-modules.ts'
import { startRuntime } from '../lib/runtime.ts'
import { migrate, PERSON, seedOwner } from '../lib/seed.ts'
import { BEAT_MS } from '../../web/src/live/heartbeat.ts'
import { VISIT_MS } from './assumptions.ts'
import { measureRowBytes } from './bytes.ts'
import { KIND_IDS, type KindId } from './kinds.ts'
import { Lab } from './lab.ts'
import type { Counts } from './model.ts'
import { add, nothing, type Operations, scale, subtract } from './operations.ts'
import { usePeople } from './scenes/people.ts'
import { breakDown, idle, prune, PRUNED, remove } from './scenes/platform.ts'
import { connectAndImport, liveSite } from './scenes/site-life.ts'
import type { LabSite, Person } from './site.ts'

const SIZES = { small: 500, large: 5_000 }
/** One event database is not enough for many sites; with a second one it has to be looked up where an account's events are. */
const SECOND = 'EVENTS_1'
/** Incoming messages of a WebSocket that are billed as one request. */
const MESSAGES_A_REQUEST = 20

async function storedBytes({ lab, integrationId }: LabSite): Promise<number> {
  const database = await lab.runtime.miniflare.getD1Database('DB', 'syncing')
  const sql = 'SELECT stored_bytes FROM integrations WHERE id = ?'
  return (await database.prepare(sql).bind(integrationId).first<number>('stored_bytes')) ?? 0
}

async function keyBytes(lab: Lab): Promise<number> {
  const store = await lab.runtime.miniflare.getKVNamespace('API_KEYS', 'syncing')
  const [key] = (await store.list()).keys
  return key ? key.name.length + ((await store.get(key.name, 'text'))?.length ?? 0) : 0
}

/** What each kind costs, from the pieces that were counted together. */
function derive(noted: Record<string, Operations>): Record<KindId, Operations> {
  const of = (name: string) => noted[name] ?? nothing()
  const beats = VISIT_MS / BEAT_MS / MESSAGES_A_REQUEST
  const derived: Record<string, Operations> = {
    ...noted,
    'live-session': add(subtract(of('watched-edit'), of('edit-there')), { ...nothing(), objectRequests: beats }),
    'key-copy': subtract(of('read-with-copy'), of('api-read')),
    sizes: subtract(of('tick-with-sizes'), of('tick')),
    'pruned-row': scale(subtract(of('pruning-tick'), of('tick')), 1 / PRUNED),
    outage: add(of('outage'), subtract(of('telling-tick'), scale(of('tick'), 2))),
  }
  const missing = KIND_IDS.filter((id) => derived[id] === undefined)
  if (missing.length > 0) throw new Error(`not counted: ${missing.join(', ')}`)
  return derived
}

interface LivedSize {
  kinds: Record<KindId, Operations>
  objectBytes: number
}

/** The life of a site that is called and of one that polls. */
async function live(lab: Lab, person: Person, items: number, tell: (text: string) => void): Promise<LivedSize> {
  tell(`a site with ${items} items that is called`)
  const direct = await connectAndImport(lab, person, items)
  await liveSite(direct)
  const objectBytes = await storedBytes(direct)
  tell(`people at a site with ${items} items`)
  await usePeople(direct, PERSON)
  await breakDown(lab, direct)
  await prune(lab, direct)
  await idle(lab)
  await remove(lab, direct)
  await direct.stop()
  tell(`a site with ${items} items that polls`)
  const polling = await connectAndImport(lab, person, items)
  await polling.startPolling()
  await polling.pollAll()
  await liveSite(polling)
  // leaves a row of each table that has one for a site
  await polling.byPerson(`PATCH ${polling.path}`, { is_active: false })
  await polling.stop()
  return { kinds: derive(lab.close()), objectBytes }
}

/** Counts everything; takes a minute or two. @param tell hears what is being done */
export async function measure(tell: (text: string) => void): Promise<Counts> {
  tell('building the Worker')
  const folder = join(temporaryFolder('cost-worker'), 'modules')
  await buildWorkerModules(folder)
  const runtime = await startRuntime({ modules: readModules(folder) }, [], [SECOND])
  try {
    const token = await seedOwner(runtime)
    await migrate(runtime, 'syncing', SECOND)
    const lab = await Lab.open(runtime)
    const { account } = (await lab.send('GET /api/v1/auth/get-session', { token })) as { account: { id: string } }
    const person = { token, accountId: account.id }
    // notices go to verified addresses alone
    const database = await runtime.miniflare.getD1Database('DB', 'syncing')
    await database.exec('UPDATE users SET email_verified = 1')
    const small = await live(lab, person, SIZES.small, tell)
    const large = await live(lab, person, SIZES.large, tell)
    const key = await keyBytes(lab)
    await runtime.stop()
    tell('bytes of the tables')
    const kinds = Object.fromEntries(
      KIND_IDS.map((id) => [id, { small: small.kinds[id], large: large.kinds[id] }]),
    ) as Counts['kinds']
    const object = { small: small.objectBytes, large: large.objectBytes }
    return { sizes: SIZES, kinds, bytes: { rows: measureRowBytes(runtime.folder), object, key } }
  } finally {
    await runtime.stop()
  }
}
