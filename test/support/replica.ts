import { ITEM_SORTS } from '../../src/contract/item-list.ts'
import type { ItemRecord } from '../../src/site/items/record.ts'
import { createRecord } from '../../src/site/items/edit.ts'
import type { SiteStore } from '../../src/site/replica/store.ts'
import { INBOX } from '../../src/site/replica/tables/command-log.ts'
import type { RpcCall } from '../../src/site/rpc.ts'
import { hasContent, readDump } from '../../src/site/replica/dump.ts'
import { endLoading, isLoading, loadPart, loadState } from '../../src/site/replica/load.ts'
import { HISTORY_MS } from '../../src/site/replica/tables/history.ts'
import { startCursor } from '../../src/site/stages/cursor.ts'

export const NOW = Date.UTC(2026, 10, 28)
const DAY_MS = 86_400_000
const RUNS = 100
const DOC = JSON.stringify({ title: 'A', body: 'a' })
const CALL: RpcCall = {
  accountId: 'acc_1',
  siteId: 'site_1',
  integrationId: 'int_1',
  keyId: null,
  requestId: 'req_1',
}

/**
 * Fills a site's tables by SQL: so many posts in two types, all of them synced, as many images, terms and scheduled
 * fetches, and a hundred finished runs.
 */
export function fillReplica({ replica: { database }, ...store }: SiteStore, items: number): void {
  const numbers = 'WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < ?1)'
  database.rows(
    `${numbers} INSERT INTO items (n, id, type, state, external_id, etag, external_modified, external_url, title, slug,
       status, updated_at)
     SELECT i, 'item_' || i, CASE WHEN i % 5 = 0 THEN 'page' ELSE 'post' END, 'synced', i, 'etag' || i, i,
       'https://site.example.com/' || i, 'Title ' || i, 'slug-' || i, 'publish', ?2 FROM numbers`,
    items,
    NOW,
  )
  database.rows(`${numbers} INSERT INTO versions SELECT i * 4, ?2 FROM numbers`, items, DOC)
  database.rows(
    `${numbers} INSERT INTO media SELECT 'hash' || i, i, 'https://site.example.com/' || i FROM numbers`,
    items,
  )
  database.rows(
    `${numbers} INSERT INTO terms SELECT 'category', i, 'Term ' || i, 'term-' || i, 0, 'run_1' FROM numbers`,
    items,
  )
  database.rows(
    `${numbers} INSERT INTO inbox (webhook_id, event, post_id, received_at, due_at)
     SELECT 'verify:' || i, 'reminder', i, ?2, ?2 + 20 * 86400000 FROM numbers`,
    items,
    NOW - 10 * DAY_MS,
  )
  database.rows(
    `${numbers} INSERT INTO history SELECT i, i, ?2, 1, NULL, NULL, ?3, i * 20, 0, NULL, NULL, NULL FROM numbers`,
    items,
    NOW - DAY_MS,
    DOC,
  )
  store.access.setIntegration(CALL)
  for (let n = 1; n <= RUNS; n++) {
    const id = `run_${String(n).padStart(4, '0')}`
    store.runs.enqueue(id, CALL, 'from_external', NOW - RUNS + n)
    const run = store.runs.lease(NOW - RUNS + n, 1_000)
    if (run) store.runs.finish(run, NOW - RUNS + n, null)
  }
}

/** A new item; with `postId` one that the site has. */
function recordOf(id: string, postId: number | null, change: Partial<ItemRecord> = {}): ItemRecord {
  const record = createRecord(id, 'post', { title: 'New' }, NOW)
  return { ...record, externalId: postId, ...(postId !== null && { etag: 'e', external: record.local }), ...change }
}

function exerciseItems({ replica: { items, counters, types, database } }: SiteStore): void {
  const saved = [recordOf('item_a', null), recordOf('item_b', null), recordOf('item_c', null)]
  items.add(saved.slice(0, 2))
  items.add([1, 2, 3].map((n) => recordOf(`item_many_${n}`, 100_000 + n, { base: recordOf('x', null).local })))
  items.add(Array.from({ length: 60 }, (_, n) => recordOf(`item_bulk_${n}`, null)))
  items.save(recordOf('item_d', null, { error: { code: 'x', detail: 'x', fix: '' }, retryAt: NOW }))
  const found = items.get('item_a')
  if (found) items.save({ ...found, revision: 2 })
  items.getByExternalId(7)
  items.heads([1, 2, 3])
  const filters = [{}, { type: 'post' }, { state: 'local_ahead' }, { state: 'synced' }, { status: 'trash' }] as const
  for (const filter of filters) items.list(filter, null, 20)
  items.list({ external_id: '7' }, null, 20)
  items.list({ status: 'publish', type: 'page' }, 4_000, 20)
  items.list({ q: 'Title' }, null, 20)
  for (const record of items.after(0, 5)) if (record.n > 5) break
  items.getByRow(7)
  items.createdBetween(NOW - DAY_MS, NOW)
  items.waiting(0, NOW, 20)
  items.etags(0, 20)
  items.outdated(20)
  items.leaveAlone([3], NOW)
  const all = Array.from({ length: 5_000 }, (_, index) => index + 1)
  types.addToPass('post', all)
  items.unseen('post', 20)
  types.unknownIds('post', 20)
  items.hasRetryDue(NOW)
  items.nextRetryAt()
  items.deferRetries(NOW)
  items.relocateLinks('https://other.example.com', 'https://new.example.com', null)
  items.relocateImages('https://other.example.com', 'https://new.example.com', null)
  counters.countExternal('post')
  counters.counts({})
  database.rows('UPDATE counters SET n = n + 1')
  counters.recount()
}

function exerciseContent(store: SiteStore): void {
  const { types, terms, totals, media, resolutions, inbox, items, database, counters } = store.replica
  types.watermark('post', 'full')
  types.setWatermark('post', 'full', [1, 1])
  types.recheck('post')
  types.takeRecheck('post')
  types.setLimited('post', true)
  types.limited()
  types.setLimits([{ slug: 'post', isDenied: true, isTrashless: true }])
  types.hasTrash('post')
  types.setLimits([])
  types.recheckAll()
  types.addToPass('post', [1, 2, 900_000])
  types.unknownIds('post', 20)
  types.dropFromPass('post', [2])
  types.clearPass('post')
  terms.etag('category')
  terms.savePage('post_tag', 'run_1', [{ id: 1, name: 'a', slug: 'a', parent: 0 }] as never)
  terms.endPass('post_tag', 'run_1', 'e', false)
  terms.counts()
  terms.after({ taxonomy: 'category', id: 7 }, 20)
  terms.search({ taxonomy: 'category', search: 'n', limit: 20 })
  totals.save({ post_types: { post: 7 }, taxonomies: { category: 1 } }, NOW)
  totals.addTo(counters.counts({}))
  media.get('hash7')
  media.save('hash_new', 7, 'https://site.example.com/new')
  media.drop(7)
  media.relocate('https://other.example.com', 'https://new.example.com', null)
  const record = items.get('item_a')
  if (record) resolutions.add(record.n, record, NOW)
  resolutions.canUndo(record?.n ?? 0)
  const [resolution] = resolutions.of(record?.n ?? 0)
  if (resolution) resolutions.copy(record?.n ?? 0, resolution)
  resolutions.takeLast(record?.n ?? 0, NOW)
  const event = { event: 'post.status', post_id: 5, post_type: 'post', status: 'publish', modified_gmt: '' } as const
  inbox.add('msg_1', event, NOW, { requestId: 'req_1' })
  inbox.note('msg_2', NOW)
  inbox.remind(6, NOW, NOW)
  inbox.lastHeardAt()
  inbox.duePosts(NOW, 20)
  inbox.origins(NOW)
  inbox.savedBy([1, 2, 3], NOW)
  inbox.typesOf([5])
  inbox.attempts([5])
  inbox.defer([5], () => NOW, 'x', NOW)
  inbox.acknowledge([5, 6], NOW, NOW)
  inbox.makeDue(NOW)
  inbox.nextDueAt()
  inbox.pending()
  database.transaction(() => inbox.clear())
}

function exerciseRuns(store: SiteStore): void {
  const { runs, steps } = store
  runs.enqueue('run_9001', CALL, 'both', NOW)
  const run = runs.lease(NOW, 1_000)
  if (!run) throw new Error('no run was leased')
  const step = {
    at: NOW,
    phase: 'read',
    type: null,
    requests: 1,
    bytes: 1,
    items: 0,
    durationMs: 1,
    error: null,
  } as const
  runs.holds(run, NOW)
  runs.saveCursor(run, startCursor('both', 1), [step])
  runs.addSpent(run, [step])
  steps.add(run, step)
  steps.add(run, step)
  steps.describe(run.id)
  runs.isCancelled(run)
  runs.failuresOf(run)
  runs.rest(run, { for: 'retry', since: NOW, detail: 'x' })
  runs.suspend(run, NOW + 1_000)
  runs.repeat(run.id)
  runs.takeRepeat(run)
  runs.lastLeased()
  runs.isUnfinished('both')
  runs.publishUnfinished()
  runs.nextDueAt()
  runs.state(NOW)
  runs.list('int_1', 20, null)
  runs.find(run.id)
  runs.releaseLeases(NOW)
  runs.retry(run, NOW, { code: 'x', detail: 'x', fix: null }, { for: 'retry', since: NOW, detail: 'x' })
  const again = runs.lease(NOW, 1_000)
  if (again) runs.finish(again, NOW, null)
  runs.enqueue('run_9002', CALL, 'both', NOW)
  runs.makeDue(NOW)
  runs.cancel('int_1', 'run_9002', NOW)
  runs.cancelAll('int_1', NOW)
}

function exerciseLink(store: SiteStore): void {
  const { access, transport, commandLog, driftChecks, schedule } = store
  access.setIntegration({ ...CALL, integrationId: 'int_2' })
  access.setSealedCredentials(CALL, 'x', NOW)
  access.integration()
  access.keyStatus('key_1')
  access.trustKey('key_1', NOW, NOW)
  access.invalidate()
  transport.notePoll(NOW)
  transport.silentAt()
  transport.wake(NOW)
  commandLog.queue(INBOX, [{ key: 'a', id: 'cmd_1', name: 'status', args: {} }], NOW)
  commandLog.owner()
  commandLog.waitingForSiteSince()
  commandLog.batch(20, 1_000, NOW)
  commandLog.answer({ id: 'cmd_1', ok: true, data: {}, took_ms: 1 } as never, NOW)
  commandLog.answers(INBOX, ['a'])
  commandLog.memoize(INBOX, {})
  commandLog.memo(INBOX)
  commandLog.forget(INBOX)
  driftChecks.dueAt()
  driftChecks.plan(NOW)
  driftChecks.ask()
  driftChecks.takeAsked()
  driftChecks.noteOutage()
  driftChecks.takeOutage()
  driftChecks.setResult({} as never)
  driftChecks.result()
  schedule.plan('health', NOW, 0)
  schedule.dueAt('health')
  schedule.ensure('health', NOW)
  schedule.isDue('health', NOW)
  schedule.failures('health')
  schedule.nextDueAt()
  schedule.cancel('health')
}

/** Lists as people ask for them, and changes of many items. */
function exerciseLists({ replica: { search, bulk, history, resolutions } }: SiteStore): void {
  const matches = [{}, { type: 'post' }, { status: 'trash' }, { author: '1' }, { term: 'category:News' }] as const
  for (const match of matches) search.rows(match, 'newest', null, 20)
  for (const sort of ITEM_SORTS) search.rows({ date_from: '2026-11-21T10:00:00Z', asOf: NOW }, sort, null, 20)
  search.rows({ state: 'synced' }, 'newest', { key: 4_000, n: 4_000 }, 20)
  search.rows({}, '-updated', { key: NOW, n: 4_000 }, 20)
  search.titled({}, ['title'], 20)
  search.sizes([1, 2, 3])
  search.documents([1, 2, 3], ['a'])
  search.numbersOf(['item_1', 'item_none'])
  search.sending([1, 2, 3])
  history.lastId()
  history.changesOf([1, 2, 3], 0)
  resolutions.last(1)
  const job = { kind: 'change', action: { kind: 'trash' }, source: null, actor: null, at: NOW, as_of: null } as const
  for (const id of ['bulk_1', 'bulk_2']) bulk.add({ ...job, id, history_id: 0, items: [1, 2, null] })
  const row = bulk.find('bulk_1')
  if (!row) throw new Error('no bulk job was stored')
  bulk.unfinished()
  bulk.entries(row)
  bulk.savePart(row.n, 0, [[1, 'changed']])
  bulk.save(row.n, 1, { changed: 1, unchanged: 0, refused: {} })
  bulk.markUndone('bulk_1', 'bulk_2')
  bulk.finish(row, NOW)
  bulk.list(null, 20)
  bulk.prune(NOW)
}

const RESTORE = { action: 'restore_site', by: 'operator', source: 'rst_1' } as const

/** The journal of a site whose items have all changed, and a restore of it. */
function exerciseHistory(store: SiteStore): void {
  const { history, itemHistory, items, restores } = store.replica
  history.now = () => NOW
  const record = items.get('item_a')
  if (record) items.save({ ...record, local: { ...record.local, title: 'Changed' } }, RESTORE)
  const site = { doc: createRecord('item_x', 'post', { title: 'Theirs' }, NOW).local, fields: ['title'] }
  if (record) items.save({ ...record, local: { ...record.local, title: 'Ours' } }, RESTORE, site)
  const { historyId } = itemHistory.head(record?.n ?? 0)
  itemHistory.walk(record?.n ?? 0, historyId, 20)
  // a row that an earlier version of the tables has written
  itemHistory.walk(7, 7, 20)
  itemHistory.get(record?.n ?? 0, historyId ?? 0)
  history.size()
  history.earliestAt()
  const [change] = history.changedBetween(NOW - 2 * DAY_MS, NOW)
  history.lastChanges(change?.[1] ?? 0)
  history.get(change?.[1] ?? 0)
  history.causedBy('rst_1', 0, 20)
  history.relocateImages('https://other.example.com', 'https://new.example.com', null)
  history.now = () => NOW + HISTORY_MS + DAY_MS
  if (record) items.save(record)
  history.prune(20)
  restores.add({ id: 'rst_1', kind: 'rewind', to_at: NOW, at: NOW, state: 'running', newer: 'keep', undoes: null })
  restores.running()
  restores.save('rst_1', 1, { changed: 1, revived: 0, trashed: 0, skipped: {} })
  restores.end('rst_1', 'done')
  restores.markUndone('rst_1', NOW)
  restores.find('rst_1')
  restores.list()
  restores.lastRewind()
}

/** A file that is imported, of some lines. */
function exerciseImports({ imports }: SiteStore): void {
  imports.start(
    { id: 'imp_1', options: { replace: false, settings: false }, actor: 'user:usr_1', siteUrl: null },
    '',
    NOW,
  )
  const line = { line: 1, kind: 'item', id: 'item_1', postId: 1, text: '{}' }
  imports.addLines([line, { ...line, line: 2 }, { ...line, line: 3 }, { ...line, line: 4, kind: 'integration' }])
  imports.addPart({ lines: 4, sum: '' }, 8, { siteUrl: null })
  imports.read()
  imports.setTarget('https://site.example.com')
  imports.save('applying', 0, { created: 0, replaced: 0, unchanged: 0, linked: 0, refused: {} })
  imports.dueAt()
  imports.linesAfter(1, 20)
  imports.settings()
  imports.refuseSettings('no_integration')
  imports.itemOfPost(1)
  imports.refuse(2, 'differs', 'Title')
  imports.refusals(0, 20)
  imports.dropTexts()
  imports.drop()
}

/** Reads a backup in pages, and loads another. */
function exerciseBackup({ dumps, replica: { database } }: SiteStore): void {
  const parts = { database, dumps, now: NOW, bytes: Infinity }
  let page = readDump(parts, 'bak_1', null)
  const { text } = page ?? { text: '' }
  dumps.dueAt()
  database.rows('UPDATE items SET attempts = 1 WHERE n = 7')
  while (page?.next) page = readDump(parts, 'bak_1', page.next)
  isLoading(database)
  const head = JSON.parse(text.split('\n')[0] ?? '') as { columns: object }
  const lines = [{ ...head, kind: 'object', columns: { counters: ['type', 'state', 'listed', 'n', 'external'] } }]
  const row = { kind: 'row', table: 'counters', values: ['post', 'failed', 1, 1, 1] }
  const part = { restoreId: 'rst_1', part: 1, replaces: true, isLast: true, after: { lines: 2, sum: '' } }
  hasContent(database)
  loadPart(database, { ...part, lines: [...lines, row].map((line) => JSON.stringify(line)) })
  loadState(database, 'rst_1')
  endLoading(database)
}

/** Calls what the tables can do, so that each of their statements is executed. */
export function exerciseTables(store: SiteStore): void {
  exerciseItems(store)
  exerciseContent(store)
  exerciseRuns(store)
  exerciseLink(store)
  exerciseLists(store)
  exerciseHistory(store)
  exerciseImports(store)
  exerciseBackup(store)
}
