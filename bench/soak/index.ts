// npm run soak: an hour of mixed load on the real Worker, with faults, and what it shows: docs/reliability.md, "Soak".
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { temporaryFolder } from '../../scripts/lib/paths.ts'
import { stopEverything } from '../../scripts/lib/shutdown.ts'
import { buildWorker } from '../../test/e2e/support/prepare.ts'
import { hasFailed, judge, type Measured } from './claims.ts'
import { Client } from './client.ts'
import type { Imported } from './imports.ts'
import { Faults } from './injected.ts'
import { Lags } from './lag.ts'
import { type Load, minutesOf, Schedule } from './load.ts'
import { OptionError, type Options, readOptions } from './options.ts'
import { begin, connectAll, sizeOf } from './parts.ts'
import { figuresOf, printSoak } from './print.ts'
import { Sampler } from './samples.ts'
import { settle } from './settle.ts'
import { readStored } from './stored.ts'
import { SoakWorker } from './worker.ts'

/** A request may meet a fault that has just ended. */
const TAIL_MS = 10_000
const MINUTE_MS = 60_000
const TELL_EVERY_MS = 5 * MINUTE_MS
/** Bounded: whatever waits longer was lost. */
const SETTLE_MS = 6 * MINUTE_MS
const QUIET_MS = 20_000
const QUIET_POLL_MS = 2_000
/** Requests that may leave an event each. */
const CHANGES = [
  'webhook',
  'edit-item',
  'create-item',
  'trash-item',
  'resolve',
  'sync',
  'check-drift',
  'poll',
  'connect',
]

const tell = (text: string) => console.error(`• ${text}`)

/** Sites poll, the cron ticks, and nobody changes anything. @returns how many events that left */
async function stayQuiet({ worker, sites }: Load): Promise<number> {
  const count = () => worker.drive<number>('events')
  await worker.drive('cron')
  const before = await count()
  for (const end = Date.now() + QUIET_MS; Date.now() < end;) {
    for (const site of sites) if (site.isPolling) await site.poll()
    await pause(QUIET_POLL_MS)
  }
  await worker.drive('cron')
  return (await count()) - before
}

/** Lets the load last, and tells how it goes. */
async function play(load: Load, schedule: Schedule, sampler: Sampler): Promise<void> {
  const end = load.startedAt + load.lastsMs
  while (Date.now() < end) {
    await pause(Math.min(TELL_EVERY_MS, end - Date.now()))
    const { residentMb, heapMb, workerCpu, webhooks, runs } = sampler.samples.at(-1) ?? {}
    const { client } = load
    const minute = minutesOf(load).toFixed(0)
    tell(
      `minute ${minute}: ${client.requests} requests, ${residentMb?.toFixed(0)} MB, heap ${heapMb?.toFixed(1)} MB, ` +
        `${workerCpu?.toFixed(2)} of a core, ${webhooks} webhooks and ${runs} runs wait, ` +
        `${client.serverErrors.length} errors, ${client.refusals.length} refusals, ${client.troubles.length} troubles`,
    )
  }
  await schedule.end()
}

async function soak({ minutes, seed, json }: Options): Promise<{ measured: Measured; details: object }> {
  tell('building the Worker')
  const worker = await SoakWorker.start(await buildWorker(temporaryFolder('soak-worker')))
  const faults = new Faults()
  const isDown = () => worker.downSince !== null || (worker.restarts > 0 && Date.now() - worker.startedAt < TAIL_MS)
  const client = new Client(worker.url, isDown, () => faults.isFaulty(TAIL_MS))
  const size = sizeOf(minutes)
  tell(`connecting ${size.sites} sites of ${size.posts} posts`)
  const { people, sites } = await connectAll(client, seed, size)
  for (const site of sites) site.isDisturbed = true
  const lastsMs = minutes * MINUTE_MS
  const common = { seed, client, worker, faults, people, sites, deleted: [], done: new Map<string, number>() }
  const load: Load = { ...common, startedAt: Date.now(), lastsMs }
  const [sampler, lags, imports] = [new Sampler(load), new Lags(), [] as Imported[]]
  const schedule = new Schedule(load)
  tell(`${minutes} minutes of load`)
  begin(schedule, sampler, lags, imports, size.imported)
  await play(load, schedule, sampler)
  const { restarts } = worker
  // whatever comes of the rest
  if (json !== null) writeFileSync(json, JSON.stringify({ samples: sampler.samples, lags: lags.points, imports }))
  tell('killing the Worker once more, and settling')
  await worker.restart()
  const settled = await settle(load, SETTLE_MS)
  tell(`settled after ${settled.seconds.toFixed(0)} s; a quiet time`)
  const eventsOfQuiet = await stayQuiet(load)
  const gone = load.deleted.flatMap(({ siteId, integrationId }) => [siteId, integrationId])
  const goneObjects = await worker.ids(load.deleted.map(({ siteId }) => siteId))
  await worker.stop()
  const stored = readStored(worker.folder, gone, goneObjects)
  const measured: Measured = {
    minutes,
    samples: sampler.samples,
    lags: lags.points,
    imports,
    settled,
    stored,
    serverErrors: client.serverErrors.length,
    refusals: client.refusals.length,
    troubles: client.troubles.length,
    changes: CHANGES.reduce((sum, kind) => sum + (client.byKind.get(kind) ?? 0), 0),
    eventsOfQuiet,
    restarts: restarts + 1,
    requests: client.requests,
  }
  const details = {
    machine: { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version },
    done: Object.fromEntries(load.done),
    by_status: Object.fromEntries(client.byStatus),
    by_code: Object.fromEntries(client.byCode),
    by_kind: Object.fromEntries(client.byKind),
    retries: client.retries,
    deleted_sites: load.deleted.length,
    server_errors: client.serverErrors,
    refusals: client.refusals,
    troubles: client.troubles,
    problems: settled.problems,
    stored,
  }
  return { measured, details }
}

async function main(options: Options): Promise<void> {
  const { measured, details } = await soak(options)
  const claims = judge(measured)
  printSoak(measured, claims)
  const { by_status: byStatus, by_code: byCode, done } = details as Record<string, Record<string, number>>
  console.log(`\nanswers by status: ${JSON.stringify(byStatus)}\nerrors by code: ${JSON.stringify(byCode)}`)
  console.log(`work done: ${JSON.stringify(done)}`)
  const { server_errors: errors, refusals, troubles, problems } = details as Record<string, unknown[]>
  for (const [name, list] of Object.entries({ errors, refusals, troubles, problems }))
    for (const entry of (list ?? []).slice(0, 10)) console.log(`${name}: ${JSON.stringify(entry).slice(0, 600)}`)
  if (options.json !== null) {
    const figures = figuresOf(measured).map(([name, points]) => ({ name, points }))
    const all = { at: new Date().toISOString(), ...options, claims, ...details, figures, imports: measured.imports }
    writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`)
  }
  if (hasFailed(claims)) process.exitCode = 1
}

try {
  await main(readOptions(process.argv.slice(2)))
} catch (error) {
  process.exitCode = 1
  console.error(error instanceof OptionError ? error.message : error)
} finally {
  await stopEverything()
  // the model sites still listen
  process.exit()
}
