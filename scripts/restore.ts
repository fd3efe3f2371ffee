// npm run restore -- --from FOLDER: a backup, into an empty deployment or back into some sites of one (docs/operations.md).
import { resolve } from 'node:path'
import { BackupError } from './backup/errors.ts'
import { failWith } from './backup/fail.ts'
import { giveBack, type GiveBackOptions, type GivenBack, verifyFolder } from './backup/give-back.ts'
import { BackupFolder } from './backup/manifest.ts'
import { parse, PLACE_OPTIONS, readPlace } from './backup/options.ts'
import { openTarget } from './backup/target.ts'
import { cacheFolder } from './lib/paths.ts'
import { elapsed, formatDuration } from './lib/progress.ts'
import { stopEverything } from './lib/shutdown.ts'

const USAGE = `npm run restore -- --from FOLDER [--env production|staging | --url https://…]
  [--site ID …]   the objects of these sites alone, into a deployment that is in use
  [--replace]     replaces the content that the objects of sites have
  [--keep]        leaves the objects of sites that have content: after the loss of D1 alone
  [--check]       verifies the folder, and does nothing else
Without --env and --url: into npm start. OPERATOR_TOKEN in the environment lets it in.`

const OPTIONS = {
  ...PLACE_OPTIONS,
  from: { type: 'string' },
  site: { type: 'string', multiple: true },
  replace: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
} as const

const print = (line: string) => console.log(line)

function readExisting({ replace, keep }: { replace: boolean; keep: boolean }): GiveBackOptions['existing'] {
  if (replace && keep) throw new BackupError(`--replace and --keep exclude each other.\n\n${USAGE}`)
  if (keep) return 'keep'
  return replace ? 'replace' : 'refuse'
}

const listOf = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ')

function report({ sites, kept, leftOut, rows, dropped }: GivenBack): void {
  console.log(`\nRestored (${formatDuration(elapsed())}): ${sites} sites`)
  const filled = Object.fromEntries(Object.entries(rows).filter(([, count]) => count > 0))
  if (Object.keys(filled).length > 0) console.log(`  Rows: ${listOf(filled)}`)
  if (Object.keys(dropped).length > 0)
    console.log(`  Left out, since what they belonged to was deleted while the backup was taken: ${listOf(dropped)}`)
  if (leftOut.length > 0) console.log(`  Left out, deleted while the backup was taken: sites ${leftOut.join(', ')}`)
  if (kept.length > 0) console.log(`  Kept what they had: sites ${kept.join(', ')}`)
}

async function check(folder: BackupFolder): Promise<void> {
  const { databases, sites, backup } = folder.read()
  await verifyFolder(folder, [...databases, ...sites])
  console.log(`The backup of ${backup.started_at} is whole: ${databases.length} databases, ${sites.length} sites.`)
}

async function main(): Promise<void> {
  const { values, positionals } = parse(process.argv.slice(2), OPTIONS, USAGE)
  if (values.from === undefined || positionals.length > 0) throw new BackupError(`Say where from.\n\n${USAGE}`)
  const [place, existing] = [readPlace(values, USAGE), readExisting(values)]
  const folder = new BackupFolder(resolve(values.from))
  if (values.check) return check(folder)
  // before a deployment is started for nothing
  folder.read()
  const { operator, close } = await openTarget(place)
  try {
    const notes = cacheFolder('restores')
    report(await giveBack({ operator, folder, sites: values.site ?? null, existing, notes, print }))
  } finally {
    await close()
  }
}

await main().catch(failWith)
await stopEverything()
