/** What a backup's folder says of itself: `manifest.json`, and before it is whole the files that are finished. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { Backup } from '../../src/contract/operator.ts'
import { BackupError } from './errors.ts'

/** Of the folder. A reader refuses a higher one. */
const FOLDER_VERSION = 1

const FileEntry = z.strictObject({
  /** The binding of a database, or the id of a site. */
  id: z.string(),
  /** Relative to the folder; null: the site's object holds nothing. */
  file: z.string().nullable(),
  lines: z.number().int(),
  characters: z.number().int(),
  bytes: z.number().int(),
  sha256: z.string(),
})
export type FileEntry = z.infer<typeof FileEntry>

const Manifest = z.strictObject({
  version: z.number().int(),
  url: z.string(),
  /** The backup as its deployment knows it: when it was started, by which code, with which secrets. */
  backup: Backup.unwrap(),
  finished_at: z.string(),
  /** Where D1 Time Travel was when the backup began, by binding; empty where it is not known. */
  time_travel: z.record(z.string(), z.string()),
  databases: z.array(FileEntry),
  sites: z.array(FileEntry),
})
export type Manifest = z.infer<typeof Manifest>

/** What an unfinished backup has: its first line, then one for each finished file. */
const Begun = Manifest.pick({ version: true, url: true, backup: true, time_travel: true })
export type Begun = z.infer<typeof Begun>
const Finished = z.strictObject({ kind: z.enum(['databases', 'sites']), entry: FileEntry })
export type Finished = z.infer<typeof Finished>

const MANIFEST = 'manifest.json'
const PROGRESS = 'progress.ndjson'

/** Where a file of the backup lies. Sites are spread over folders by the end of their ids, which is random. */
export const databaseFile = (binding: string) => `databases/${binding}.ndjson.gz`
export const siteFile = (id: string) => `sites/${id.slice(-2)}/${id}.ndjson.gz`

const asPrivate = { mode: 0o600 }

export class BackupFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  file(name: string): string {
    return join(this.path, name)
  }

  /**
   * Makes the folder, or opens one whose backup broke off.
   * @throws BackupError if it holds a whole backup, or something else
   */
  open(): { begun: Begun; finished: Finished[] } | null {
    mkdirSync(this.path, { recursive: true, mode: 0o700 })
    if (existsSync(this.file(MANIFEST)))
      throw new BackupError(`${this.path} has a backup already. Choose another folder.`)
    if (existsSync(this.file(PROGRESS))) return this.#readProgress()
    if (readdirSync(this.path).length > 0) throw new BackupError(`${this.path} is not empty. Choose another folder.`)
    return null
  }

  #readProgress() {
    const [first = '', ...lines] = readFileSync(this.file(PROGRESS), 'utf8').split('\n')
    // the last line may be half written
    const finished = lines.slice(0, -1).map((line) => Finished.parse(JSON.parse(line)))
    return { begun: Begun.parse(JSON.parse(first)), finished }
  }

  begin(begun: Omit<Begun, 'version'>): Begun {
    const whole = { version: FOLDER_VERSION, ...begun }
    writeFileSync(this.file(PROGRESS), `${JSON.stringify(whole)}\n`, asPrivate)
    return whole
  }

  add(finished: Finished): void {
    appendFileSync(this.file(PROGRESS), `${JSON.stringify(finished)}\n`, asPrivate)
  }

  finish(manifest: Manifest): void {
    const draft = this.file(`${MANIFEST}.new`)
    writeFileSync(draft, `${JSON.stringify(manifest, null, 2)}\n`, asPrivate)
    renameSync(draft, this.file(MANIFEST))
    rmSync(this.file(PROGRESS), { force: true })
  }

  /** @throws BackupError if there is no whole backup, or one of a later version */
  read(): Manifest {
    if (!existsSync(this.file(MANIFEST))) {
      const reason = existsSync(this.file(PROGRESS)) ? 'Its backup broke off: run it again.' : 'There is no backup.'
      throw new BackupError(`${this.path}: ${reason}`)
    }
    const json: unknown = JSON.parse(readFileSync(this.file(MANIFEST), 'utf8'))
    const version = z.looseObject({ version: z.number() }).safeParse(json).data?.version ?? 0
    if (version > FOLDER_VERSION) throw new BackupError(`${this.path}: A later version made this backup.`)
    const parsed = Manifest.safeParse(json)
    if (!parsed.success) throw new BackupError(`${this.path}: ${MANIFEST} is not what a backup wrote.`)
    return parsed.data
  }
}
