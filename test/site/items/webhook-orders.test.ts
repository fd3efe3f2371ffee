import { describe, expect, test } from 'vitest'
import type { RawDocument } from '../../../src/contract/content-link.ts'
import type { CommandResult } from '../../../src/contract/link.ts'
import { importDocuments } from '../../../src/site/stages/import.ts'
import { NO_COUNTS } from '../../../src/contract/sync.ts'
import type { EngineContext, RunConfig } from '../../../src/site/stages/context.ts'
import { playInbox } from '../../../src/site/stages/inbox.ts'
import { presentItem } from '../../../src/site/items/present.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { Context } from '../../model/context.ts'
import { ModelWordPress, type ModelWebhook } from '../../model/wordpress.ts'
import { createSiteDatabase } from '../../sim/sqlite.ts'
import { NOW_MS } from './samples.ts'

const runConfig: RunConfig = {
  direction: 'both',
  policy: 'manual',
  authors: {},
  postTypes: [{ slug: 'post', limit: 100, count: 0 }],
  taxonomies: [],
}

/** Every order of a list. */
const ordersOf = <T>(list: readonly T[]): T[][] =>
  list.length === 0
    ? [[]]
    : list.flatMap((first, index) => ordersOf(list.toSpliced(index, 1)).map((rest) => [first].concat(rest)))

/** The engine with an empty replica, against a model that answers at once. */
function createEngine(model: ModelWordPress): EngineContext {
  let ids = 0
  let nowMs = NOW_MS
  const { replica } = new SiteStore(createSiteDatabase())
  const send: EngineContext['send'] = async (requests) => {
    const commands = requests.map(({ name, args }) => ({ id: `cmd_${++ids}`, name, args }))
    const request = { number: 1, method: 'POST', path: '/', commands }
    const answer = model.executor.execute(request, new Context(20_000, 2_000_000, []), {})
    return (JSON.parse(answer) as { results: CommandResult[] }).results
  }
  return {
    replica,
    now: () => ++nowMs,
    newId: (prefix) => `${prefix}_${String(++ids).padStart(6, '0')}`,
    random: () => 0.5,
    runId: null,
    send,
    holds: () => true,
    canPoll: () => false,
    memo: () => null,
    memoize: () => undefined,
    commit: () => undefined,
    enter: () => undefined,
  }
}

/** The items without our own ids and times. */
function snapshot({ replica }: EngineContext): unknown[] {
  const records = [...replica.items.list({}, null, 100), ...replica.items.list({ state: 'deleted' }, null, 100)]
  return records
    .map((record) => Object.assign(presentItem(replica, 'site_1', record, 0), { id: '', updated_at: '' }))
    .toSorted((left, right) => Number(left.external_id) - Number(right.external_id))
}

/**
 * Sends the webhooks in one order, each ten times. Processes the inbox at the end, and if `isEager` also in between.
 */
async function play(model: ModelWordPress, start: RawDocument[], order: ModelWebhook[], isEager: boolean) {
  const engine = createEngine(model)
  const { inbox, database } = engine.replica
  database.transaction(() => importDocuments(engine, start, 'manual', { ...NO_COUNTS }))
  const accepted: boolean[] = []
  for (let round = 0; round < 10; round++) {
    for (const { id, event } of order) {
      accepted.push(inbox.add(id, event, engine.now()))
      if (isEager) await playInbox(engine, runConfig)
    }
  }
  while (await playInbox(engine, runConfig));
  return { accepted: accepted.filter(Boolean).length, items: snapshot(engine), pending: inbox.pending().n }
}

/** Changes a site after its import and sends the webhooks of these changes in every order. */
async function playAll(change: (model: ModelWordPress, ids: number[]) => void) {
  const webhooks: ModelWebhook[] = []
  let nowMs = NOW_MS
  const model = new ModelWordPress({ now: () => (nowMs += 1000), onWebhook: (webhook) => webhooks.push(webhook) })
  const ids = Array.from({ length: 4 }, (_, n) => model.createPost({ title: `Post ${n}`, status: 'publish' }).id)
  const start = ids.map((id): RawDocument => {
    const { type, modifiedS: modified } = model.post(id)
    return { ...model.document(id), id, type, modified }
  })
  webhooks.length = 0
  change(model, ids)
  expect(webhooks).toHaveLength(5)
  const orders = ordersOf(webhooks)
  expect(orders).toHaveLength(120)
  const outcomes = await Promise.all(orders.map((order, index) => play(model, start, order, index % 2 === 0)))
  return { model, outcomes }
}

describe('T20 five webhooks in all 120 orders, each sent ten times', () => {
  test('of five posts lead to the site’s state', async () => {
    const { model, outcomes } = await playAll((wordpress, [edited = 0, tagged = 0, trashed = 0, deleted = 0]) => {
      wordpress.editPost(edited, { title: 'Edited' })
      wordpress.editPost(tagged, { terms: { post_tag: ['new'] } })
      wordpress.trash(trashed)
      wordpress.deletePost(deleted)
      wordpress.createPost({ title: 'New', status: 'publish' })
    })
    const [first] = outcomes
    expect(first?.items).toMatchObject([
      { title: 'Edited', state: 'synced' },
      { terms: { post_tag: ['new'] }, state: 'synced' },
      { status: 'trash', state: 'synced' },
      { state: 'deleted' },
      { title: 'New', state: 'synced' },
    ])
    for (const outcome of outcomes) expect(outcome).toEqual(first)
    expect(first).toMatchObject({ accepted: 5, pending: 0 })
    expect(model.site.posts.byId('post')).toHaveLength(4)
  })

  test('of one post lead to its last state', async () => {
    const { outcomes } = await playAll((wordpress, [id = 0]) => {
      wordpress.editPost(id, { title: 'Edited' })
      wordpress.trash(id)
      wordpress.editPost(id, { terms: { post_tag: ['new'] } })
      wordpress.untrash(id)
      wordpress.editPost(id, { title: 'Edited again', status: 'publish' })
    })
    const [first] = outcomes
    const last = { title: 'Edited again', status: 'publish', terms: { post_tag: ['new'] }, revision: 2 }
    expect(first?.items[0]).toMatchObject({ ...last, state: 'synced', conflict: null })
    for (const outcome of outcomes) expect(outcome).toEqual(first)
    expect(first).toMatchObject({ accepted: 5, pending: 0 })
  })
})
