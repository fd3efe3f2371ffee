/**
 * `npm run db:generate`: drizzle-kit writes the next migration; with `-- --database events` that of the event databases
 * (migrations-events/). Three things follow that it can't do: the new tables become
 * WITHOUT ROWID, since with keys of type TEXT D1 would otherwise bill every insert twice; older snapshots go, since it reads
 * only the newest; and the migration's checksum goes into SHA256SUMS beside it, by which a test sees later edits.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './lib/paths.ts'

const given = process.argv.slice(2)
const at = given.indexOf('--database')
const database = at < 0 ? 'control' : given.splice(at, 2)[1]
if (database !== 'control' && database !== 'events') throw new Error('--database takes control or events')

const FOLDER = database === 'control' ? 'migrations' : 'migrations-events'
const DIR = join(ROOT, FOLDER)
const SUMS = join(DIR, 'SHA256SUMS')
const listMigrations = () => readdirSync(DIR).filter((name) => name.endsWith('.sql'))

const before = new Set(listMigrations())
execFileSync(join(ROOT, 'node_modules/.bin/drizzle-kit'), ['generate', ...given], {
  cwd: ROOT,
  env: { ...process.env, IGNY8_DATABASE: database },
  stdio: 'inherit',
})
for (const name of listMigrations().filter((candidate) => !before.has(candidate))) {
  const path = join(DIR, name)
  const sql = readFileSync(path, 'utf8').replaceAll(/(CREATE TABLE [\s\S]*?\n\));/g, '$1 WITHOUT ROWID;')
  writeFileSync(path, sql)
  console.info(`${FOLDER}/${name}: tables are WITHOUT ROWID`)
}

const snapshots = readdirSync(join(DIR, 'meta')).filter((name) => name.endsWith('_snapshot.json'))
for (const name of snapshots.toSorted().slice(0, -1)) rmSync(join(DIR, 'meta', name))

const sums = existsSync(SUMS) ? readFileSync(SUMS, 'utf8') : ''
for (const name of listMigrations().toSorted()) {
  if (sums.includes(`  ${name}\n`)) continue
  const sum = createHash('sha256')
    .update(readFileSync(join(DIR, name)))
    .digest('hex')
  appendFileSync(SUMS, `${sum}  ${name}\n`)
}
