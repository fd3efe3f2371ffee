import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { temporaryFolder } from '../../../scripts/lib/paths.ts'

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))

const isDatabase = (file: string) => file.endsWith('.sqlite')
/** What belongs to a database, and is read with it. */
const isPart = (file: string) => /\.sqlite-(wal|shm)$/.test(file)

/** A database's content without the pages that it no longer uses, which docs/operations.md names. */
function contentOf(file: string, copies: string): Buffer {
  const copy = join(copies, `${readdirSync(copies).length}.sqlite`)
  const database = new DatabaseSync(file)
  database.exec(`VACUUM INTO '${copy}'`)
  database.close()
  return readFileSync(copy)
}

/**
 * The files below a folder in which a text occurs: databases of D1, KV and objects, blobs, logs. Nothing may have them open.
 * @returns their paths, relative to the folder
 */
export function findStored(folder: string, text: string): string[] {
  const copies = temporaryFolder('stored')
  const found = filesIn(folder)
    .filter((file) => !isPart(file))
    .filter((file) => (isDatabase(file) ? contentOf(file, copies) : readFileSync(file)).includes(text))
    .map((file) => relative(folder, file))
  rmSync(copies, { recursive: true })
  return found
}

/** Moves all scheduled deletions into the past, as if these days had gone by. Nothing may have the database open. */
export function letDaysPass(folder: string, days: number): void {
  for (const file of filesIn(folder).filter((name) => isDatabase(name) && name.includes('/d1/'))) {
    const database = new DatabaseSync(file)
    const hasTable = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'deletions'").get() !== undefined
    const ms = days * 86_400_000
    if (hasTable) database.exec(`UPDATE deletions SET due_at = due_at - ${ms}, next_at = next_at - ${ms}`)
    database.close()
  }
}
