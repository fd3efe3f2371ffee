/**
 * Restores a backup: first everything is verified, then the objects of the sites are loaded, then D1, then the objects are
 * woken and the copies of keys made anew. What broke off goes on where it was, within a day.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { NO_SUM } from '../../src/contract/site-file.ts'
import {
  DeploymentRestore,
  FinishedRestore,
  KeysProgress,
  type LoadProgress as Progress,
  LoadProgress,
} from '../../src/contract/operator.ts'
import { ApiError } from '../lib/client.ts'
import { BackupError } from './errors.ts'
import { type BackupFolder, type FileEntry, type Manifest } from './manifest.ts'
import type { Operator } from './operator.ts'
import { inParallel } from './parallel.ts'
import { digestFile, readLines, readParts, verifySealedFile } from './sealed-file.ts'

const SITES_AT_ONCE = 4
const SITES_PER_LINE = 100

export interface GiveBackOptions {
  operator: Operator
  folder: BackupFolder
  /** The sites whose objects alone are restored; null: everything is. */
  sites: readonly string[] | null
  /** What becomes of the content that an object has. */
  existing: 'refuse' | 'replace' | 'keep'
  /** Where is noted how far a restore is. */
  notes: string
  print: (line: string) => void
}

export interface GivenBack {
  sites: number
  /** Sites whose objects had content, and kept it. */
  kept: string[]
  /** Sites of the backup that its database does not have: they were deleted while it was taken. */
  leftOut: string[]
  rows: Record<string, number>
  dropped: Record<string, number>
}

/** The files of a backup that a restore reads. @throws BackupError if one is not what was written */
export async function verifyFolder(folder: BackupFolder, entries: readonly FileEntry[]): Promise<void> {
  for (const { file, sha256 } of entries) {
    if (file === null) continue
    const path = folder.file(file)
    if (!existsSync(path)) throw new BackupError(`${path} is missing.`)
    if ((await digestFile(path)) !== sha256) throw new BackupError(`${path} is not the file that was written.`)
    await verifySealedFile(path)
  }
}

const SiteRow = z.object({ kind: z.literal('row'), table: z.literal('sites'), row: z.looseObject({ id: z.string() }) })

/** The sites that the databases of a backup have. */
async function readSiteIds(folder: BackupFolder, { databases }: Manifest): Promise<Set<string>> {
  const ids = new Set<string>()
  for (const { file } of databases) {
    if (file === null) continue
    for await (const line of readLines(folder.file(file)))
      if (line.startsWith('{"kind":"row","table":"sites",')) ids.add(SiteRow.parse(JSON.parse(line)).row.id)
  }
  return ids
}

/** A deployment knows a restore for a day. */
const GOOD_FOR_MS = 86_400_000

const Notes = z.strictObject({
  restore: DeploymentRestore.unwrap(),
  /** Milliseconds since 1970. */
  started_at: z.number(),
  /** Databases and sites. */
  loaded: z.array(z.string()),
})
type Notes = z.infer<typeof Notes>

function readNotes(file: string): Notes | null {
  if (!existsSync(file)) return null
  const notes = Notes.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data
  return notes && notes.started_at > Date.now() - GOOD_FOR_MS ? notes : null
}

class GivingBack {
  readonly #options: GiveBackOptions
  readonly #notes: Notes
  readonly #file: string
  readonly kept: string[] = []

  constructor(options: GiveBackOptions, file: string, notes: Notes) {
    this.#options = options
    this.#file = file
    this.#notes = notes
  }

  get path(): string {
    return `restores/${this.#notes.restore.id}`
  }

  #note(id: string): void {
    this.#notes.loaded.push(id)
    this.save()
  }

  save(): void {
    writeFileSync(this.#file, JSON.stringify(this.#notes), { mode: 0o600 })
  }

  forget(): void {
    rmSync(this.#file, { force: true })
  }

  /** Sends a file, part by part; parts that are there already are left out. */
  async #send(path: string, file: string, queryOf: (after: Progress) => string): Promise<void> {
    const { operator, folder } = this.#options
    let after: Progress = { next_part: 1, lines: 0, sum: NO_SUM, is_whole: false }
    let number = 0
    for await (const part of readParts(folder.file(file))) {
      number++
      if (number < after.next_part || after.is_whole) continue
      after = await operator.upload(LoadProgress, `${this.path}/${path}/parts/${number}/${queryOf(after)}`, part)
    }
    if (!after.is_whole) throw new BackupError(`${file} was sent, and the deployment misses its end.`)
  }

  async loadSite({ id, file }: FileEntry): Promise<void> {
    if (file === null || this.#notes.loaded.includes(id)) return
    const query = this.#options.existing === 'replace' ? '?replace=true' : ''
    try {
      await this.#send(`sites/${id}`, file, () => query)
    } catch (error) {
      const isUsed = error instanceof ApiError && error.code === 'object_not_empty'
      if (!isUsed) throw error
      if (this.#options.existing !== 'keep')
        throw new BackupError(`The object of ${id} has content. --replace replaces it, --keep leaves it as it is.`)
      this.kept.push(id)
    }
    this.#note(id)
  }

  async loadDatabase({ id, file }: FileEntry): Promise<void> {
    if (file === null || this.#notes.loaded.includes(id)) return
    this.#options.print(`• Database ${id}`)
    await this.#send(`databases/${id}`, file, ({ lines, sum }) => `?lines=${lines}&sum=${sum}`)
    this.#note(id)
  }

  /** Wakes objects, also those that held nothing: what D1 says of their content is made anew. */
  async wake(ids: readonly string[]): Promise<void> {
    await inParallel(ids, SITES_AT_ONCE, (id) => this.#options.operator.call('POST', `${this.path}/sites/${id}/wake/`))
  }

  async rebuildKeys(): Promise<void> {
    for (let cursor: string | null = ''; cursor !== null;) {
      const query: string = cursor === '' ? '' : `?cursor=${encodeURIComponent(cursor)}`
      cursor = (await this.#options.operator.json(KeysProgress, 'POST', `${this.path}/keys/${query}`)).next
    }
  }

  finish(): Promise<FinishedRestore> {
    return this.#options.operator.json(FinishedRestore, 'POST', `${this.path}/finish/`)
  }
}

/** Begins a restore, or goes on with one of the same backup into the same deployment. */
async function begin(options: GiveBackOptions, manifest: Manifest): Promise<GivingBack> {
  const { operator, sites, notes, print } = options
  const name = JSON.stringify([operator.url, manifest.backup.id, sites])
  const file = join(notes, `${createHash('sha256').update(name).digest('hex').slice(0, 32)}.json`)
  const before = readNotes(file)
  if (before) {
    print('• Going on with the restore that broke off')
    return new GivingBack(options, file, before)
  }
  const body = { what: sites === null ? 'everything' : 'sites', secrets: manifest.backup.secrets }
  const restore = await operator.json(DeploymentRestore, 'POST', 'restores/', body)
  const missing = manifest.databases.map(({ id }) => id).filter((id) => !restore.databases.includes(id))
  if (sites === null && missing.length > 0)
    throw new BackupError(`The deployment has no ${missing.join(', ')}. Bind them in wrangler.toml, and deploy.`)
  const giving = new GivingBack(options, file, { restore, started_at: Date.now(), loaded: [] })
  giving.save()
  return giving
}

/** The sites that a restore is of. @throws BackupError if one is not in the backup */
function chooseSites({ sites, folder }: GiveBackOptions, manifest: Manifest): FileEntry[] {
  const unknown = sites?.filter((id) => !manifest.sites.some((entry) => entry.id === id)) ?? []
  if (unknown.length > 0) throw new BackupError(`The backup in ${folder.path} has no site ${unknown.join(', ')}.`)
  return manifest.sites.filter(({ id }) => sites === null || sites.includes(id))
}

async function loadSites(giving: GivingBack, entries: readonly FileEntry[], print: GiveBackOptions['print']) {
  let done = 0
  await inParallel(entries, SITES_AT_ONCE, async (entry) => {
    await giving.loadSite(entry)
    done++
    if (done % SITES_PER_LINE === 0) print(`  ${done} of ${entries.length} sites`)
  })
}

/**
 * Restores a backup.
 * @throws BackupError before anything is changed, if a file is damaged; ApiError with what the deployment refuses
 */
export async function giveBack(options: GiveBackOptions): Promise<GivenBack> {
  const { folder, print, sites } = options
  const manifest = folder.read()
  const chosen = chooseSites(options, manifest)
  const databases = sites === null ? manifest.databases : []
  print('• Verifying the files')
  await verifyFolder(folder, [...databases, ...chosen])
  const known = await readSiteIds(folder, manifest)
  const entries = chosen.filter(({ id }) => known.has(id))
  const giving = await begin(options, manifest)
  print(`• ${entries.length} sites`)
  await loadSites(giving, entries, print)
  for (const entry of databases) await giving.loadDatabase(entry)
  print('• Waking the sites')
  await giving.wake(entries.map(({ id }) => id))
  if (sites === null) await giving.rebuildKeys()
  const { rows, dropped } = await giving.finish()
  giving.forget()
  const leftOut = chosen.map(({ id }) => id).filter((id) => !known.has(id))
  return { sites: entries.length, kept: giving.kept, leftOut, rows, dropped }
}
