import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ContentTypes, Run, SyncState } from '../../src/api/types.ts'
import { LiveCache } from '../../src/live/live-cache.ts'
import { laterRun, mergeRun, reconcile } from '../../src/live/merge-run.ts'
import { keys } from '../../src/queries/keys.ts'
import { sampleContentTypes, sampleRun, sampleSyncState } from '../support/content-type-samples.ts'
import { sampleIntegration } from '../support/samples.ts'

let client: QueryClient
let cache: LiveCache

beforeEach(() => {
  vi.useFakeTimers()
  client = new QueryClient({ defaultOptions: { queries: { networkMode: 'always', retry: false } } })
  cache = new LiveCache(client, { siteId: 'site_1', integrationId: 'int_1' })
})

afterEach(() => {
  cache.stop()
  client.clear()
  vi.useRealTimers()
})

const progress = (done: number): Run['progress'] => ({ done, total: 10, by_type: { post: { done, total: 10 } } })

/** Counts how often an observed query is read. */
function watch(queryKey: readonly unknown[]) {
  const read = vi.fn(async () => 'read')
  new QueryObserver(client, { queryKey, queryFn: read }).subscribe(() => undefined)
  return read
}

test('messages write content types and the integration to the cache', () => {
  const types = sampleContentTypes()
  cache.apply({ type: 'content_types', content_types: types })
  cache.apply({ type: 'integration', integration: sampleIntegration({ connection: 'degraded' }) })
  expect(client.getQueryData(keys.contentTypes('int_1'))).toEqual(types)
  expect(client.getQueryData(keys.integration('site_1'))).toMatchObject({ connection: 'degraded' })
})

test('an answer older than a message is dropped', async () => {
  let answer: (types: ContentTypes) => void = () => undefined
  const asked = new Promise<ContentTypes>((resolve) => {
    answer = resolve
  })
  new QueryObserver(client, { queryKey: keys.contentTypes('int_1'), queryFn: () => asked }).subscribe(() => undefined)
  const told = sampleContentTypes({ as_of: '2026-11-21T10:00:09.000Z' })
  cache.apply({ type: 'content_types', content_types: told })
  answer(sampleContentTypes())
  await vi.advanceTimersByTimeAsync(10)
  expect(client.getQueryData(keys.contentTypes('int_1'))).toEqual(told)
})

test('lists are refetched at once, then at most once a second', async () => {
  const items = watch(keys.items('site_1'))
  const item = watch(keys.item('site_1', 'item_7'))
  const other = watch(keys.item('site_1', 'item_8'))
  await vi.advanceTimersByTimeAsync(0)
  for (let times = 0; times < 5; times += 1) cache.apply({ type: 'items', ids: ['item_7'], more: false })
  await vi.advanceTimersByTimeAsync(0)
  expect(items).toHaveBeenCalledTimes(2)
  expect(item).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(items).toHaveBeenCalledTimes(3)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(items).toHaveBeenCalledTimes(3)
  expect(other).toHaveBeenCalledTimes(1)
})

test('a run updates the sync state; its list is refetched when it starts and ends, not at each step', async () => {
  client.setQueryData(keys.syncStatus('int_1'), sampleSyncState())
  const runs = watch(keys.runs('int_1'))
  await vi.advanceTimersByTimeAsync(0)
  for (const done of [0, 3, 6]) cache.apply({ type: 'run', run: sampleRun({ progress: progress(done) }) })
  await vi.advanceTimersByTimeAsync(3_000)
  expect(client.getQueryData<SyncState>(keys.syncStatus('int_1'))?.current_run?.progress.done).toBe(6)
  expect(runs).toHaveBeenCalledTimes(2)
  cache.apply({ type: 'run', run: sampleRun({ status: 'succeeded', progress: progress(10) }) })
  await vi.advanceTimersByTimeAsync(0)
  expect(client.getQueryData<SyncState>(keys.syncStatus('int_1'))).toMatchObject({
    current_run: null,
    last_run: { status: 'succeeded' },
  })
  expect(runs).toHaveBeenCalledTimes(3)
})

test('each new connection refetches everything that could have been missed', async () => {
  const watched = [keys.syncStatus('int_1'), keys.runs('int_1'), keys.events('int_1'), keys.items('site_1')].map(watch)
  const item = watch(keys.item('site_1', 'item_1'))
  await vi.advanceTimersByTimeAsync(0)
  cache.apply({ type: 'ready', as_of: '2026-11-21T10:00:00.000Z' })
  await vi.advanceTimersByTimeAsync(0)
  for (const read of [...watched, item]) expect(read).toHaveBeenCalledTimes(2)
})

test('an unknown message is ignored', () => {
  expect(() => cache.apply({ type: 'weather' } as never)).not.toThrow()
})

test('the later state of a run wins, whichever arrives first', () => {
  const early = sampleRun({ progress: progress(2) })
  const late = sampleRun({ progress: progress(5) })
  const ended = sampleRun({ status: 'failed', progress: progress(3) })
  expect(laterRun(late, early)).toBe(late)
  expect(laterRun(early, late)).toBe(late)
  expect(laterRun(ended, late)).toBe(ended)
})

test('messages that arrive during a request override its answer; older ones do not', () => {
  const before = sampleSyncState({ current_run: sampleRun() })
  const over = mergeRun(before, sampleRun({ status: 'succeeded' }))
  expect(reconcile(before, before, over)).toMatchObject({ current_run: null, last_run: { status: 'succeeded' } })
  const idle = sampleSyncState()
  expect(reconcile(idle, idle, mergeRun(idle, sampleRun())).current_run?.id).toBe('run_1')
  expect(reconcile(idle, before, before)).toEqual(idle)
})

test('an ended run does not reopen, and a queued run does not hide the running one', () => {
  const ended = sampleRun({ status: 'succeeded', finished_at: '2026-11-21T10:01:00.000Z' })
  const over = sampleSyncState({ last_run: ended })
  expect(mergeRun(over, sampleRun())).toEqual(over)
  const running = sampleSyncState({ current_run: sampleRun() })
  const waiting = sampleRun({ id: 'run_2', status: 'queued', started_at: null })
  expect(mergeRun(running, waiting).current_run?.id).toBe('run_1')
  const next = sampleRun({ id: 'run_2', started_at: '2026-11-21T10:05:00.000Z' })
  expect(mergeRun(running, next).current_run?.id).toBe('run_2')
  expect(mergeRun(sampleSyncState({ current_run: waiting }), sampleRun()).current_run?.id).toBe('run_1')
})
