// npm run bench: the figures of the README and docs/performance.md, as ratios measured side by side on this machine.
import { availableParallelism, cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { stopEverything } from '../scripts/lib/shutdown.ts'
import { buildWorker, gzipBytes, topContributors, type Bundle } from './lib/bundle.ts'
import { createCases, runCase } from './lib/cases.ts'
import { isReached, printJson, printTable, type Row } from './lib/report.ts'
import { measureRows } from './lib/rows.ts'
import { measureDrift } from './lib/drift.ts'
import { measureAgainstDjango } from './lib/django.ts'
import { measureDriftOfPlugin } from './lib/drift-plugin.ts'
import { measureFirstLoad } from './lib/first-load.ts'
import { hasLag, measureLag } from './lib/lag.ts'
import { startRuntime } from './lib/runtime.ts'
import { seed, seedOwner } from './lib/seed.ts'
import { compareImport, compareStartup } from './lib/startup.ts'
import { measureSyncs } from './lib/syncs.ts'
import { measureWebhooks } from './lib/webhooks.ts'

const STARTUP_ROUNDS = 7
const IMPORT_ROUNDS = 11
const KILOBYTE = 1000

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '25' },
    only: { type: 'string', default: '' },
    items: { type: 'string', default: '100000' },
  },
})
const rounds = Number(values.rounds)
const items = Number(values.items)
const isWanted = (name: string) => name.toLowerCase().includes(values.only.toLowerCase())
const rounded = (value: number) => Math.round(value * 100) / 100
const tell = (text: string) => console.error(text)

async function measureThroughputs(app: Bundle, bare: Bundle[]): Promise<Row[]> {
  const runtime = await startRuntime(app, bare)
  try {
    const sites = await seed(runtime)
    const cases = await createCases(runtime, sites)
    const rows: Row[] = []
    for (const entry of cases.filter(({ name }) => isWanted(name))) {
      tell(`• ${entry.name}`)
      rows.push(await runCase(entry, rounds))
    }
    rows.push(...(await measureAgainstDjango(runtime, sites.small, rounds, isWanted)))
    return rows
  } finally {
    await runtime.stop()
  }
}

/** What needs a site to talk to. The syncs follow from each other: any of them is measured with all of them. */
async function measureWithSite(app: Bundle, bare: Bundle[]): Promise<Row[]> {
  const hasSyncs = isWanted('import of items') || isWanted('sync of items')
  const hasWebhooks = isWanted('webhook receipt')
  const hasDrift = isWanted('drift of items')
  const hasRows = isWanted('rows of items')
  if (!hasSyncs && !hasWebhooks && !hasDrift && !hasRows) return []
  const runtime = await startRuntime(app, bare)
  try {
    const { token } = await seed(runtime)
    tell('• rows, import, syncs, drift, webhooks')
    return [
      ...(hasRows ? await measureRows(runtime, token) : []),
      ...(hasSyncs ? await measureSyncs(runtime, token, items) : []),
      ...(hasDrift ? await measureDrift(runtime, token, items) : []),
      ...(hasWebhooks ? await measureWebhooks(runtime, token, rounds) : []),
    ]
  } finally {
    await runtime.stop()
  }
}

/** Needs real sites and nothing to compare with. */
async function measureLags(app: Bundle): Promise<Row[]> {
  if (!hasLag(isWanted)) return []
  tell('• lag of edits')
  const runtime = await startRuntime(app, [])
  try {
    return await measureLag(runtime, await seedOwner(runtime), isWanted)
  } finally {
    await runtime.stop()
  }
}

async function measureFirstLoads(app: Bundle): Promise<Row[]> {
  if (!isWanted('first load of content-types') && !isWanted('first load of sites')) return []
  tell('• first load')
  return measureFirstLoad(app)
}

function measureSize(app: Bundle): Row {
  const value = Math.round(gzipBytes(app) / KILOBYTE)
  const top = topContributors(app).map(({ name, bytes }) => [name, Math.round(bytes / KILOBYTE)])
  const details = Object.fromEntries(top) as Record<string, number>
  const against = 'all modules of the deployment; below, what takes most of it, in kB before gzip.'
  return { name: 'size', against, value, unit: 'kB gzip', target: { atMost: 400 }, details }
}

async function measureStart(app: Bundle, hono: Bundle): Promise<Row[]> {
  tell('• start-up')
  const started = await compareStartup(app, hono, STARTUP_ROUNDS)
  const imported = await compareImport(app, hono, IMPORT_ROUNDS)
  const details = ({ ours, bare }: typeof started) => ({ 'ours ms': rounded(ours), 'bare Hono ms': rounded(bare) })
  return [
    {
      ...started,
      name: 'start-up',
      against: 'profile window of `wrangler check startup`, against a bare Hono Worker’s.',
      value: started.ratio,
      unit: 'times',
      target: { atMost: 2 },
      details: details(started),
    },
    {
      ...imported,
      name: 'start-up, modules alone',
      against: 'compiling and running the modules alone, in fresh isolates.',
      value: imported.ratio,
      unit: 'times',
      details: details(imported),
    },
  ]
}

async function main(): Promise<Row[]> {
  tell('• building the Workers')
  if (/^lag/i.test(values.only)) return measureLags(await buildWorker('app'))
  if (/^first/i.test(values.only)) return measureFirstLoads(await buildWorker('app'))
  const [app, hono, ...others] = await Promise.all([
    buildWorker('app'),
    buildWorker('hono', 'hono.ts'),
    buildWorker('reads', 'reads.ts'),
    buildWorker('writes', 'writes.ts'),
    buildWorker('naive', 'naive.ts'),
    buildWorker('inbox', 'inbox.ts'),
  ])
  const bare = [hono, ...others]
  const rows = await measureThroughputs(app, bare)
  rows.push(...(await measureWithSite(app, bare)))
  if (isWanted('drift of items')) rows.push(...(await measureDriftOfPlugin(items)))
  rows.push(...(await measureLags(app)), ...(await measureFirstLoads(app)))
  if (isWanted('size')) rows.push(measureSize(app))
  if (isWanted('start-up')) rows.push(...(await measureStart(app, hono)))
  return rows
}

const rows = await main()
const machine = {
  cpu: cpus()[0]?.model,
  cores: availableParallelism(),
  node: process.version,
  load: loadavg()[0],
  rounds,
  items,
}
if (values.json) printJson(rows, machine)
else printTable(rows)
tell(`${rows.filter((row) => isReached(row) === false).length} of ${rows.length} figures miss their target`)
await stopEverything()
