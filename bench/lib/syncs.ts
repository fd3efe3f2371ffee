import { setTimeout as pause } from 'node:timers/promises'
import type { Run } from '../../src/contract/sync.ts'
import { connectSite, type ConnectedSite } from './connect.ts'
import type { Counted } from './counted.ts'
import { readCpuMs, watchMemory } from './process-usage.ts'
import type { Row } from './report.ts'
import type { Runtime } from './runtime.ts'
import { call } from './seed.ts'

const NAIVE_ITEMS = 2000
const SMALL = 1000
const POLL_MS = 250
const LIMIT_MS = 600_000
const MEGABYTE = 1_000_000
const POSTS_OF_A_PAGE = 100

export interface Measured {
  run: Run
  seconds: number
  requests: number
  bytes: number
  /** Writes to D1, and slices that made them. */
  writes: number
  slices: number
  /** Processor time of workerd, and of the model. */
  cpuMs: number
  modelCpuMs: number
}

const seconds = (run: Run) => (Date.parse(run.finished_at ?? '') - Date.parse(run.queued_at)) / 1000
const toFixed = (value: number, digits = 1) => Number(value.toFixed(digits))

/** What the Worker has counted since it was asked last. */
export async function readCounts(url: URL): Promise<Counted> {
  return (await (await fetch(new URL('/count', url), { method: 'POST' })).json()) as Counted
}

async function readRun(url: URL, site: ConnectedSite): Promise<Run> {
  const path = `/api/v1/integration/integrations/${site.integrationId}/runs?limit=1`
  const answer = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${site.key}` } })
  const [run] = ((await answer.json()) as { results: Run[] }).results
  if (!run) throw new Error(`${path} answered ${answer.status} without a run`)
  return run
}

/** Has a site synced, or audited, and waits until its run has ended well. @param onProgress hears of it four times a second */
export async function sync(
  url: URL,
  site: ConnectedSite,
  onProgress: (done: number) => void = () => undefined,
  action: 'sync' | 'drift_check' = 'sync',
): Promise<Measured> {
  const before = await site.model.ask('reset')
  await readCounts(url)
  const cpuBefore = readCpuMs()
  const path = `/api/v1/integration/integrations/${site.integrationId}/${action}`
  await call(url, path, site.key, action === 'sync' ? { direction: 'from_external' } : {})
  const startedAt = performance.now()
  let run = await readRun(url, site)
  while (run.finished_at === null) {
    if (performance.now() - startedAt > LIMIT_MS) throw new Error(`The run does not end: ${JSON.stringify(run)}`)
    await pause(POLL_MS)
    run = await readRun(url, site)
    onProgress(run.progress.done)
  }
  if (run.status !== 'succeeded') throw new Error(`The run ended as ${JSON.stringify(run)}`)
  const cpuMs = readCpuMs() - cpuBefore
  const { requests, bytes, cpuMs: modelCpu } = await site.model.ask('stats')
  const { d1Writes: writes, alarms: slices } = await readCounts(url)
  return { run, seconds: seconds(run), requests, bytes, writes, slices, cpuMs, modelCpuMs: modelCpu - before.cpuMs }
}

async function measureNaive(runtime: Runtime, site: ConnectedSite): Promise<number> {
  const items = Math.min(NAIVE_ITEMS, (await site.model.ask('stats')).items)
  const url = new URL(`/?items=${items}&site=${encodeURIComponent(site.model.offsetUrl)}`, await runtime.url('naive'))
  const startedAt = performance.now()
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`the naive loop answered ${answer.status}: ${await answer.text()}`)
  return (items * 1000) / (performance.now() - startedAt)
}

const detailsOf = ({ requests, bytes, writes, slices, seconds: taken, cpuMs, modelCpuMs }: Measured) => ({
  requests,
  'MB from the site': toFixed(bytes / MEGABYTE, 3),
  'D1 writes': writes,
  slices,
  seconds: toFixed(taken, 2),
  'CPU seconds of workerd': toFixed(cpuMs / 1000, 2),
  'CPU seconds of the site': toFixed(modelCpuMs / 1000, 2),
})

/** Items that a run has written, in any way. */
const writtenBy = ({ counts }: Run) =>
  counts.created + counts.updated + counts.deleted + counts.failed + counts.conflicts

async function measureImport(runtime: Runtime, site: ConnectedSite, items: number): Promise<Row[]> {
  const url = await runtime.url('syncing')
  const naiveBefore = await measureNaive(runtime, site)
  const memory = watchMemory()
  const atStart = memory.peak()
  let ofFirstHalf = 0
  const imported = await sync(url, site, (done) => {
    if (ofFirstHalf > 0 || done < items / 2) return
    ofFirstHalf = memory.peak()
    memory.begin()
  })
  const ofSecondHalf = memory.peak()
  memory.stop()
  const naive = (naiveBefore + (await measureNaive(runtime, site))) / 2
  const { counts } = imported.run
  if (counts.created !== items) throw new Error(`${items} items were to be imported: ${JSON.stringify(counts)}`)
  const rate = items / imported.seconds
  const name = `import of ${items} items`
  return [
    {
      name,
      against:
        'all items of a site that answers at once, into the site’s object, from the request to the end of the run.',
      value: rate,
      unit: 'items/s',
      target: { atLeast: 5000 },
      details: detailsOf(imported),
    },
    {
      name: `${name}, by processor time`,
      against:
        'items per second that workerd had a processor: what waits for other work on the machine is not counted.',
      value: (items * 1000) / imported.cpuMs,
      unit: 'items/s',
    },
    {
      name: `${name}, naive loop`,
      against: `against pages by offset with one write to D1 for each item, in the same runtime (${NAIVE_ITEMS} items, before and after).`,
      value: rate / naive,
      unit: 'times',
      target: { atLeast: 10 },
      details: { 'ours items/s': Math.round(rate), 'naive items/s': Math.round(naive) },
    },
    {
      name: `${name}, requests`,
      against: 'requests to the site, of 2 + 1.2 · n/100 for the type.',
      value: imported.requests / (2 + (1.2 * items) / POSTS_OF_A_PAGE),
      unit: 'times',
      target: { atMost: 1 },
      details: { requests: imported.requests, allowed: Math.floor(2 + (1.2 * items) / POSTS_OF_A_PAGE) },
    },
    {
      name: `${name}, D1 writes`,
      against: 'writes to D1 per slice; the start of the run and the structure are one each.',
      value: (imported.writes - 2) / imported.slices,
      unit: 'times',
      target: { atMost: 1 },
      details: { writes: imported.writes, slices: imported.slices },
    },
    {
      name: `${name}, memory`,
      against: 'peak of workerd’s resident memory in the second half over that in the first.',
      value: ofSecondHalf / ofFirstHalf,
      unit: 'times',
      details: { 'MB before': atStart, 'MB first half': ofFirstHalf, 'MB second half': ofSecondHalf },
    },
  ]
}

async function measureUnchanged(runtime: Runtime, site: ConnectedSite, items: number): Promise<Row> {
  const measured = await sync(await runtime.url('syncing'), site)
  if (writtenBy(measured.run) > 0) throw new Error(`items were written: ${JSON.stringify(measured.run.counts)}`)
  return {
    name: `sync of ${items} items with nothing changed`,
    against: 'requests to the site; no item is written.',
    value: measured.requests,
    unit: 'requests',
    target: { atMost: 2 },
    details: detailsOf(measured),
  }
}

async function measureChanged(runtime: Runtime, site: ConnectedSite, items: number): Promise<Row> {
  await site.model.ask('edit')
  const measured = await sync(await runtime.url('syncing'), site)
  if (writtenBy(measured.run) !== 1) throw new Error(`one item was changed: ${JSON.stringify(measured.run.counts)}`)
  return {
    name: `sync of ${items} items with one changed`,
    against: 'requests to the site; one item is written.',
    value: measured.requests,
    unit: 'requests',
    target: { atMost: 2 },
    details: detailsOf(measured),
  }
}

/** A site's life: imported, looked at again, and again after one post was edited. */
async function measureSite(runtime: Runtime, token: string, items: number, isMain: boolean): Promise<Row[]> {
  const site = await connectSite(runtime, token, { name: `import-${items}`, items })
  try {
    if (!isMain) await sync(await runtime.url('syncing'), site)
    const imported = isMain ? await measureImport(runtime, site, items) : []
    const unchanged = await measureUnchanged(runtime, site, items)
    return [...imported, unchanged, ...(isMain ? [await measureChanged(runtime, site, items)] : [])]
  } finally {
    await site.model.stop()
  }
}

/** Import, sync with nothing changed and with one item changed, by the real object against a model WordPress. */
export async function measureSyncs(runtime: Runtime, token: string, items: number): Promise<Row[]> {
  // the small site first: it warms the code up
  const small = await measureSite(runtime, token, Math.min(SMALL, items / 2), false)
  return [...(await measureSite(runtime, token, items, true)), ...small]
}
