// npm run drill: how long a backup and a restore of everything take on this machine, and whether all is there afterwards.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { migrateLocally } from '../scripts/api.ts'
import { temporaryFolder } from '../scripts/lib/paths.ts'
import { step } from '../scripts/lib/progress.ts'
import { stopEverything } from '../scripts/lib/shutdown.ts'
import { buildWorker } from '../test/e2e/support/prepare.ts'
import { type Drill, startDrill, syncSite } from './lib/drill.ts'

const { values } = parseArgs({ options: { items: { type: 'string', default: '20000' } } })
const items = Number(values.items)

async function timed<T>(title: string, action: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const startedAt = performance.now()
  const value = await step(title, action)
  return { seconds: (performance.now() - startedAt) / 1000, value }
}

function readSize(printed: string): string {
  return /[\d.]+ MB \([\d.]+ MB of lines\)/.exec(printed)?.[0] ?? 'unknown'
}

async function prepare(): Promise<Drill> {
  const [migrated, folder] = [temporaryFolder('drill-database'), temporaryFolder('drill-worker')]
  const [worker] = await Promise.all([buildWorker(folder), migrateLocally(migrated)])
  return startDrill(worker, migrated, items)
}

async function assertUnchanged(drill: Drill): Promise<void> {
  const { status, counts } = await syncSite(drill)
  const { unchanged: _, ...changes } = counts
  if (status !== 'succeeded' || Object.values(changes).some((count) => count > 0))
    throw new Error(`The sync after the restore changed something: ${JSON.stringify(counts)}`)
}

async function main(): Promise<void> {
  const drill = await step('A deployment, and a site', prepare)
  await step(`Import of ${items} items`, () => syncSite(drill))
  const folder = join(temporaryFolder('drill-backup'), 'backup')
  const backup = await timed('Backup', () => drill.command('backup', '--to', folder))
  const start = await timed('Everything is lost, and the deployment starts with nothing', drill.destroy)
  const restore = await timed('Restore', () => drill.command('restore', '--from', folder))
  await step('A sync changes nothing', () => assertUnchanged(drill))
  console.log(`
items                      ${items}
size of the backup         ${readSize(backup.value)}
backup                     ${backup.seconds.toFixed(1)} s   what is written after its pages are read is lost (RPO)
start with nothing         ${start.seconds.toFixed(1)} s
restore                    ${restore.seconds.toFixed(1)} s
until people work (RTO)    ${(start.seconds + restore.seconds).toFixed(1)} s   from the start of the deployment on`)
  await drill.stop()
}

await main()
await stopEverything()
