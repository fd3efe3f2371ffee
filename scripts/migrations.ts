/**
 * `npm run db:generate`: drizzle-kit writes the next migration, and its new tables become WITHOUT ROWID, which
 * drizzle-kit can't say: with keys of type TEXT every insert would otherwise be billed twice.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const DIR = 'migrations'
const migrations = () => {
  try {
    return readdirSync(DIR).filter((name) => name.endsWith('.sql'))
  } catch {
    return []
  }
}

const before = new Set(migrations())
execFileSync('drizzle-kit', ['generate', ...process.argv.slice(2)], { stdio: 'inherit' })
for (const name of migrations().filter((candidate) => !before.has(candidate))) {
  const path = `${DIR}/${name}`
  const sql = readFileSync(path, 'utf8').replaceAll(/(CREATE TABLE [\s\S]*?\n\));/g, '$1 WITHOUT ROWID;')
  writeFileSync(path, sql)
  console.info(`${path}: tables are WITHOUT ROWID`)
}
