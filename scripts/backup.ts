// npm run backup -- --to FOLDER: everything that a deployment keeps, into a folder (docs/operations.md).
import { resolve } from 'node:path'
import { failWith } from './backup/fail.ts'
import { BackupError } from './backup/errors.ts'
import { BackupFolder, type Manifest } from './backup/manifest.ts'
import { parse, PLACE_OPTIONS, readPlace } from './backup/options.ts'
import { openTarget } from './backup/target.ts'
import { takeBackup } from './backup/take.ts'
import { elapsed, formatDuration } from './lib/progress.ts'
import { stopEverything } from './lib/shutdown.ts'

const USAGE = `npm run backup -- --to FOLDER [--env production|staging | --url https://…]
Without --env and --url: of npm start. OPERATOR_TOKEN in the environment lets it in.`

const print = (line: string) => console.log(line)
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

function report({ databases, sites, backup }: Manifest, folder: string): void {
  const files = [...databases, ...sites]
  const [megabytes, raw] = [sum(files.map(({ bytes }) => bytes)) / 1e6, sum(files.map((one) => one.characters)) / 1e6]
  console.log(`
The backup is whole (${formatDuration(elapsed())}): ${folder}
  ${databases.length} databases, ${sites.length} sites, ${megabytes.toFixed(1)} MB (${raw.toFixed(1)} MB of lines)
Credentials in it are as encrypted as in the deployment. Keep apart from it the secrets that it needs:
  ${Object.keys(backup.secrets).join(', ')}`)
}

async function main(): Promise<void> {
  const { values, positionals } = parse(process.argv.slice(2), { ...PLACE_OPTIONS, to: { type: 'string' } }, USAGE)
  if (values.to === undefined || positionals.length > 0) throw new BackupError(`Say where to.\n\n${USAGE}`)
  const place = readPlace(values, USAGE)
  const folder = new BackupFolder(resolve(values.to))
  // before a deployment is started for nothing
  folder.open()
  const { operator, bookmarks, close } = await openTarget(place)
  try {
    report(await takeBackup({ operator, folder, bookmarks, print }), folder.path)
  } finally {
    await close()
  }
}

await main().catch(failWith)
await stopEverything()
