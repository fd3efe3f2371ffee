import {
  createItem,
  deleteItem,
  listItems,
  resolveItem,
  restoreItem,
  trashItem,
  undoItem,
  updateItem,
} from '../../src/site/replica/content.ts'
import type { RunDirection } from '../../src/contract/sync.ts'
import type { Transport } from '../../src/contract/polling.ts'
import type { ItemSummary } from '../../src/contract/content.ts'
import { diffDocs } from '../../src/site/items/fields.ts'
import { toItemDoc } from '../../src/site/items/doc.ts'
import { PostDocument } from '../../src/contract/content-link.ts'
import type { SqlRow } from '../../src/site/replica/database.ts'
import { isUnfinished, itemIdOf } from '../model/document.ts'
import type { ModelPost } from '../model/types.ts'
import { NO_FAULTS, World, type FaultRates } from './world.ts'

const TYPES = ['post', 'page', 'product'] as const
const TAXONOMIES: Readonly<Record<string, string>> = { post: 'category', product: 'product_cat' }
const WORDS = ['alpha', 'beta', 'gamma', 'delta', '😀', '“quoted”', '<b>bold</b>']
const QUIET_MS = 5 * 60_000
const DAY_MS = 86_400_000

export interface Outcome {
  seed: number
  problems: string[]
  kills: number
  requests: number
  items: number
}

export interface SeedOptions {
  /** Default: only odd seeds have drift checks. */
  hasDriftChecks?: boolean
}

function pick<T>(world: World, list: readonly T[]): T {
  const picked = list[Math.floor(world.random() * list.length)]
  if (picked === undefined) throw new Error('nothing to pick from')
  return picked
}
const text = (world: World) => `${pick(world, WORDS)} ${pick(world, WORDS)} ${Math.floor(world.random() * 1000)}`

const allItems = (world: World): ItemSummary[] => [
  ...listItems(world.content, {}, null, 10_000).results,
  ...listItems(world.content, { state: 'deleted' }, null, 10_000).results,
]

/** Gives an item other terms, where its type has any. */
function retag(world: World, type: string, write: (terms: Record<string, string[]>) => void): void {
  const taxonomy = TAXONOMIES[type]
  if (taxonomy) write({ [taxonomy]: [pick(world, WORDS)] })
}

/** Copies a post with all its meta: one that was made for an item, if there is one. */
function copyAPost(world: World, ids: readonly number[]): void {
  const { wordpress } = world
  const ours = ids.filter((id) => itemIdOf(wordpress.site, wordpress.post(id)) !== null)
  const { id } = wordpress.copyPost(pick(world, ours.length > 0 ? ours : ids), pick(world, ['draft', 'publish']))
  world.authored.add(id)
}

/** Something that an author does in WordPress. */
function actInWordPress(world: World): void {
  const { wordpress, random } = world
  const ids = TYPES.flatMap((type) => wordpress.site.posts.byModified(type).map(({ id }) => id))
  const chance = random()
  if (ids.length === 0 || chance < 0.25) {
    const { id } = wordpress.createPost({
      type: pick(world, TYPES),
      title: text(world),
      body: text(world),
      status: pick(world, ['draft', 'publish']),
    })
    world.authored.add(id)
    return
  }
  const id = pick(world, ids)
  if (chance < 0.32) copyAPost(world, ids)
  else if (chance < 0.38) wordpress.openEditor(id, Math.floor(random() * 600))
  else if (chance < 0.5) wordpress.editPost(id, { title: text(world) })
  else if (chance < 0.65) wordpress.editPost(id, { body: text(world) })
  else if (chance < 0.75)
    retag(world, wordpress.post(id).type, (terms) => wordpress.editPost(id, { terms, excerpt: text(world) }))
  else if (chance < 0.82) wordpress.trash(id)
  else if (chance < 0.89) wordpress.untrash(id)
  else if (chance < 0.95) wordpress.deletePost(id)
  else wordpress.editPost(id, { status: 'publish' })
}

function importOldPost(world: World): void {
  const { wordpress } = world
  const type = pick(world, TYPES)
  world.authored.add(wordpress.importPost({ type, title: text(world), status: 'publish', dateS: 1_500_000_000 }).id)
}

/** What no webhook tells and no time of change shows. */
function actBehindItsBack(world: World): void {
  const { wordpress, random } = world
  const ids = TYPES.flatMap((type) => wordpress.site.posts.byId(type).map(({ id }) => id))
  if (ids.length === 0) return
  const id = pick(world, ids)
  const chance = random()
  if (chance < 0.4) wordpress.editBehindItsBack(id, { title: text(world) })
  else if (chance < 0.6) wordpress.editBehindItsBack(id, { body: text(world) })
  else if (chance < 0.75)
    wordpress.editBehindItsBack(id, { meta: { ...wordpress.post(id).meta, rank_math_title: text(world) } })
  else if (chance < 0.9) importOldPost(world)
  else wordpress.site.posts.remove(wordpress.post(id))
}

/** Something that an editor does in IGNY8. */
function actInIgny8(world: World): void {
  const all = allItems(world)
  const items = all.filter(({ state }) => state !== 'deleted')
  const chance = world.random()
  if (items.length === 0 || chance < 0.25) {
    createItem(world.content, { type: pick(world, TYPES), title: text(world), body: text(world), status: 'publish' })
    return
  }
  const { id, state, type } = pick(world, items)
  if (state === 'conflict' && chance < 0.6)
    resolveItem(world.content, id, { choice: pick(world, ['wordpress', 'igny8']) })
  else if (chance < 0.5) updateItem(world.content, id, { title: text(world) })
  else if (chance < 0.7) updateItem(world.content, id, { body: text(world) })
  else if (chance < 0.78) retag(world, type, (terms) => updateItem(world.content, id, { terms }))
  else if (chance < 0.84) trashItem(world.content, id)
  else if (chance < 0.88) updateItem(world.content, id, { status: 'draft' })
  // only what is in the trash on both sides is deleted
  else if (chance < 0.93) deleteItem(world.content, items.find(({ status }) => status === 'trash')?.id ?? id)
  else if (chance < 0.96) restoreItem(world.content, all.find(({ state }) => state === 'deleted')?.id ?? id)
  else undoItem(world.content, id)
}

async function syncUntilQuiet(world: World, direction: RunDirection): Promise<void> {
  for (let round = 0; round < 3; round++) {
    world.enqueue(direction)
    await world.settle(QUIET_MS)
    world.nowMs += 10_000
  }
}

/** Resolves every conflict, so that both sides can become equal. */
function resolveAll(world: World): void {
  for (const { id, state } of allItems(world)) {
    if (state === 'conflict') resolveItem(world.content, id, { choice: pick(world, ['wordpress', 'igny8']) })
  }
}

/** What must hold when both sides have come to rest: equal, counted right, nothing lost, nothing twice. */
function findProblems(world: World): string[] {
  const { wordpress, store } = world
  const problems: string[] = []
  const seen = new Set<number>()
  const posts = TYPES.flatMap((type) => wordpress.site.posts.byModified(type)).filter(
    ({ status }) => status !== 'auto-draft',
  )
  for (const { id, state, external_id: externalId, type } of allItems(world)) {
    if (state === 'deleted') continue
    if (state !== 'synced')
      problems.push(`${id} (${type} ${externalId}) is ${state}: ${JSON.stringify(store.replica.items.get(id)?.error)}`)
    const record = store.replica.items.get(id)
    if (externalId === null || !record) continue
    if (seen.has(Number(externalId))) problems.push(`post ${externalId} is two items`)
    seen.add(Number(externalId))
    if (!posts.some((post) => post.id === Number(externalId))) problems.push(`${id} is no post any more: ${externalId}`)
    else {
      const document = toItemDoc(PostDocument.parse(wordpress.document(Number(externalId))))
      const differences = diffDocs(record.local, document)
      if (differences.length > 0) problems.push(`${id} differs from post ${externalId} in ${differences.join(', ')}`)
    }
  }
  for (const post of posts) if (!seen.has(post.id)) problems.push(`post ${post.id} is no item`)
  return [...problems, ...misowned(world, posts), ...miscounts(world)]
}

/** Posts that are not whose they are: two of one item, one that people made and an item has, one that nobody made. */
function misowned({ wordpress, authored }: World, posts: readonly ModelPost[]): string[] {
  const problems: string[] = []
  const owners = new Map<string, number>()
  for (const post of posts) {
    const owner = itemIdOf(wordpress.site, post)
    if (authored.has(post.id) === (owner !== null)) problems.push(`post ${post.id} is made for ${owner}`)
    if (owner === null) continue
    if (owners.has(owner)) problems.push(`posts ${owners.get(owner)} and ${post.id} are one item`)
    owners.set(owner, post.id)
    if (isUnfinished(wordpress.site, post)) problems.push(`post ${post.id} is unfinished`)
  }
  return problems
}

/** A run that fails, or waits, although nothing is wrong any more. */
function blockedRuns({ store, nowMs }: World): string[] {
  const { currentRun, lastRun } = store.runsState(nowMs)
  return [
    ...(currentRun
      ? [`a run ${currentRun.direction} is ${currentRun.status}: ${JSON.stringify(currentRun.error)}`]
      : []),
    ...(lastRun && lastRun.status !== 'succeeded'
      ? [`the last run ${lastRun.status}: ${JSON.stringify(lastRun.error)}`]
      : []),
  ]
}

/** Differences between the counters and a recount. */
function miscounts({ store }: World): string[] {
  interface Counted extends SqlRow {
    type: string
    state: string
    listed: number
    n: number
  }
  const recount = store.replica.database.rows<Counted>(
    'SELECT type, state, listed, count(*) AS n FROM items GROUP BY type, state, listed',
  )
  const counted = store.replica.database.rows<Counted>('SELECT type, state, listed, n FROM counters WHERE n <> 0')
  const text = (rows: Counted[]) =>
    rows
      .map(({ type, state, listed, n }) => `${type}/${state}/${listed}=${n}`)
      .toSorted()
      .join(' ')
  return text(recount) === text(counted) ? [] : [`counters say ${text(counted)}, a recount ${text(recount)}`]
}

/** Sometimes both sides change while an answer is on its way, and the webhook of it arrives first. */
async function actMeanwhile(world: World): Promise<void> {
  if (world.random() >= 0.15) return
  if (world.random() < 0.3) actInIgny8(world)
  else actInWordPress(world)
  await world.deliverWebhooks()
}

const DIRECTIONS = ['both', 'both', 'from_external', 'to_external', 'metadata'] as const

/**
 * Plays a seed: both sides change at random while runs play, the site fails, webhooks are lost, doubled and late, and
 * the process is killed at awaits. Then the faults end, conflicts are resolved, and both sides must become equal.
 *
 * With drift checks, webhooks may be lost for good and posts change by SQL; a drift check finds that. But it would also
 * hide a change that the incremental path lost. So the other seeds play without one, and each change is reported by a
 * webhook that the plugin's outbox keeps until it is delivered. In every fourth seed no run reads posts after the first
 * import: webhooks alone must bring every change.
 */
export async function playSeed(
  seed: number,
  transport: Transport = 'direct',
  { hasDriftChecks = seed % 2 === 1 }: SeedOptions = {},
): Promise<Outcome> {
  const world = new World(seed, transport, { hasDriftChecks })
  // every third site makes blocks of what it is sent
  world.wordpress.site.makesBlocks = seed % 3 === 0
  const direction = hasDriftChecks || seed % 4 !== 0 ? 'both' : 'to_external'
  const directions: readonly RunDirection[] = hasDriftChecks
    ? [...DIRECTIONS, 'drift_check']
    : direction === 'both'
      ? DIRECTIONS
      : ['to_external', 'metadata']
  const checkDrift = async () => {
    if (!hasDriftChecks) return
    world.enqueue('drift_check')
    await world.settle(QUIET_MS)
  }
  const rates: FaultRates = {
    kill: world.random() * 0.08,
    site: world.random() * 0.25,
    interrupt: world.random() * 0.1,
    webhook: world.random(),
  }
  await world.connect()
  for (let index = 0; index < 5; index++) actInWordPress(world)
  // the first read brings what webhooks named before the site's structure was known
  if (direction === 'to_external') {
    world.enqueue('from_external')
    await world.settle(QUIET_MS)
  }
  world.rates = rates
  // in every third seed the items with this word end each request that writes them, and with it a whole batch: PHP dies,
  // or a firewall refuses them
  world.poison = seed % 3 === 0 ? 'gamma' : null
  world.isPoisonRefused = seed % 6 === 0
  world.meanwhile = () => actMeanwhile(world)
  const miscounted = new Set<string>()
  // anew after each step: what the triggers keep must always be what there is
  const recount = () => {
    for (const counter of world.store.replica.counters.recount()) miscounted.add(`the counter ${counter} was wrong`)
  }
  const steps = 15 + Math.floor(world.random() * 25)
  for (let step = 0; step < steps; step++) {
    const chance = world.random()
    if (chance < 0.35) actInWordPress(world)
    else if (chance < 0.42) (hasDriftChecks ? actBehindItsBack : actInWordPress)(world)
    else if (chance < 0.75) actInIgny8(world)
    else if (chance < 0.95) {
      world.enqueue(pick(world, directions))
      // between heartbeats both sides go on, with commands on their way
      world.patience = transport === 'polling' ? Math.floor(world.random() * 4) : Infinity
      await world.settle(world.random() * QUIET_MS)
    } else world.nowMs += world.random() * DAY_MS
    world.nowMs += Math.floor(world.random() * 5_000)
    recount()
  }
  world.rates = NO_FAULTS
  world.poison = null
  world.meanwhile = () => Promise.resolve()
  world.patience = Infinity
  await world.wordpress.deliverLate()
  // webhooks and items that failed are due again within hours
  await world.settle(DAY_MS)
  await syncUntilQuiet(world, direction)
  recount()
  await checkDrift()
  resolveAll(world)
  await syncUntilQuiet(world, direction)
  resolveAll(world)
  await syncUntilQuiet(world, direction)
  recount()
  await checkDrift()
  const state = world.store.driftChecks.result()?.state
  const isVerified = !hasDriftChecks || state === 'equal'
  const problems = [
    ...findProblems(world),
    ...miscounted,
    ...blockedRuns(world),
    ...(isVerified ? [] : [`the last drift check says ${state}`]),
  ]
  return {
    seed,
    problems,
    kills: world.kills,
    requests: world.wordpress.stats.requests,
    items: allItems(world).length,
  }
}
