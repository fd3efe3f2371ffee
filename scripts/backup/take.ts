/** Takes a backup of a deployment into a folder: the object of every site, then the rows of D1. */
import * as z from 'zod'
import { listOf } from '../../src/contract/common.ts'
import { Backup, SiteRef } from '../../src/contract/operator.ts'
import { BackupError } from './errors.ts'
import { type BackupFolder, type Begun, databaseFile, type FileEntry, type Manifest, siteFile } from './manifest.ts'
import type { Operator } from './operator.ts'
import { inParallel } from './parallel.ts'
import { type FileFacts, writeSealedFile } from './sealed-file.ts'
import { existsSync, rmSync } from 'node:fs'

export interface TakeOptions {
  operator: Operator
  folder: BackupFolder
  /** Where D1 Time Travel is, by binding. */
  bookmarks: () => Promise<Record<string, string>>
  print: (line: string) => void
}

/** Sites that are read at once. */
const SITES_AT_ONCE = 4
/** Progress is printed after so many sites. */
const SITES_PER_LINE = 100
/** The line that ends a file. */
const EMPTY_LINES = 1

const SitePage = z.lazy(() => listOf(SiteRef))

class Taking {
  readonly options: TakeOptions
  readonly begun: Begun
  readonly entries: { databases: Map<string, FileEntry>; sites: Map<string, FileEntry> }

  constructor(options: TakeOptions, begun: Begun) {
    this.options = options
    this.begun = begun
    this.entries = { databases: new Map(), sites: new Map() }
  }

  get path(): string {
    return `backups/${this.begun.backup.id}`
  }

  async *#lines(path: string, cursor: string | null) {
    yield* this.options.operator.lines(`${this.path}/${path}/${cursor === null ? '' : `?cursor=${cursor}`}`)
  }

  /** Reads a file, unless it was read before this backup broke off. */
  async read(kind: 'databases' | 'sites', id: string, name: string): Promise<void> {
    const { folder } = this.options
    if (this.entries[kind].has(id)) return
    const facts = await writeSealedFile(folder.file(name), (cursor) => this.#lines(`${kind}/${id}`, cursor))
    const entry = toEntry(id, name, facts)
    if (entry.file === null) rmSync(folder.file(name))
    folder.add({ kind, entry })
    this.entries[kind].set(id, entry)
  }

  async listSites(): Promise<string[]> {
    const ids: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const path: string = `${this.path}/sites/${cursor === '' ? '' : `?cursor=${cursor}`}`
      const { results, next } = await this.options.operator.json(SitePage, 'GET', path)
      ids.push(...results.map(({ id }) => id))
      cursor = next
    }
    return ids
  }

  async readSites(ids: readonly string[]): Promise<void> {
    const missing = ids.filter((id) => !this.entries.sites.has(id))
    let done = 0
    await inParallel(missing, SITES_AT_ONCE, async (id) => {
      await this.read('sites', id, siteFile(id))
      done++
      if (done % SITES_PER_LINE === 0) this.options.print(`  ${done} of ${missing.length} sites`)
    })
  }

  manifest(): Manifest {
    const { databases, sites } = this.entries
    return {
      ...this.begun,
      finished_at: new Date().toISOString(),
      databases: [...databases.values()],
      sites: [...sites.values()].toSorted((left, right) => (left.id < right.id ? -1 : 1)),
    }
  }
}

const toEntry = (id: string, name: string, facts: FileFacts): FileEntry => ({
  id,
  file: facts.lines > EMPTY_LINES ? name : null,
  ...facts,
})

async function begin({ operator, folder, bookmarks, print }: TakeOptions): Promise<Taking> {
  const options = { operator, folder, bookmarks, print }
  const before = folder.open()
  if (before === null) {
    const [backup, timeTravel] = [await operator.json(Backup, 'POST', 'backups/'), await bookmarks()]
    return new Taking(options, folder.begin({ url: operator.url, backup, time_travel: timeTravel }))
  }
  const { begun, finished } = before
  if (begun.url !== operator.url) throw new BackupError(`${folder.path} has the beginning of a backup of ${begun.url}.`)
  if (Date.parse(begun.backup.expires_at) < Date.now())
    throw new BackupError(`The backup in ${folder.path} broke off too long ago. Choose another folder.`)
  const taking = new Taking(options, begun)
  for (const { kind, entry } of finished)
    if (entry.file === null || existsSync(folder.file(entry.file))) taking.entries[kind].set(entry.id, entry)
  print(`• Going on with the backup of ${begun.backup.started_at}: ${finished.length} files are there.`)
  return taking
}

/**
 * Takes a backup, or goes on with one that broke off.
 * @throws BackupError, ApiError
 */
export async function takeBackup(options: TakeOptions): Promise<Manifest> {
  const { folder, print } = options
  const taking = await begin(options)
  const ids = await taking.listSites()
  print(`• ${ids.length} sites`)
  await taking.readSites(ids)
  for (const binding of taking.begun.backup.databases) {
    print(`• Database ${binding}`)
    await taking.read('databases', binding, databaseFile(binding))
  }
  // what the databases know, and was not there before
  await taking.readSites(await taking.listSites())
  const manifest = taking.manifest()
  folder.finish(manifest)
  return manifest
}
