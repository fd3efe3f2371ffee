/**
 * Files of lines that prove that they are whole (docs/backup-format.md), compressed. Each part of a download is a gzip member
 * of its own, so that a part that breaks off is taken back by cutting the file.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { MAX_PART_BYTES, NO_SUM } from '../../src/contract/site-file.ts'
import { readBlocks } from '../../src/services/export/blocks.ts'
import { kindOf } from '../../src/services/export/seal.ts'
import { ApiError } from '../lib/client.ts'
import { BackupError } from './errors.ts'

/** Tries of a part, and of a file that has to begin anew. */
const PART_TRIES = 4
const FILE_TRIES = 3
/** Blocks are sent together up to here; one of them may be larger. */
const PART_CHARACTERS = 2_000_000

interface Position {
  lines: number
  sum: string
}

export interface FileFacts {
  lines: number
  /** Of the lines, before they were compressed. */
  characters: number
  /** Of the file on disk. */
  bytes: number
  sha256: string
}

const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0

export async function digestFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** A download as it grows. */
interface Growing {
  position: Position
  cursor: string | null
  isWhole: boolean
  characters: number
}

/** The blocks of a part, each of them proven; at its end it says where the next part goes on. */
async function* readPart(lines: AsyncIterable<string>, growing: Growing, file: string): AsyncGenerator<string> {
  let block = ''
  growing.cursor = null
  for await (const line of lines) {
    const kind = kindOf(line)
    if (kind === 'page') {
      growing.cursor = (JSON.parse(line) as { next: string }).next
      break
    }
    block += `${line}\n`
    if (kind !== 'check' && kind !== 'end') continue
    const { after, isLast } = await readBlocks(block, growing.position, () => undefined)
    Object.assign(growing, { position: after, isWhole: isLast, characters: growing.characters + block.length })
    yield block
    block = ''
  }
  if (block !== '' || (growing.cursor === null && !growing.isWhole))
    throw new BackupError(`${file}: the answer broke off.`)
}

type Source = (cursor: string | null) => AsyncIterable<string>

async function appendPart(file: string, source: Source, before: Growing): Promise<Growing> {
  const growing = { ...before, position: { ...before.position } }
  const blocks = Readable.from(readPart(source(before.cursor), growing, file))
  await pipeline(blocks, createGzip(), createWriteStream(file, { flags: 'a', mode: 0o600 }))
  return growing
}

async function tryPart(file: string, source: Source, before: Growing): Promise<Growing> {
  const size = sizeOf(file)
  for (let tries = 1; ; tries++) {
    try {
      return await appendPart(file, source, before)
    } catch (error) {
      truncateSync(file, size)
      // what the deployment refuses it refuses again
      if (error instanceof ApiError || tries === PART_TRIES) throw error
    }
  }
}

async function download(file: string, source: Source): Promise<Growing> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(file, '', { mode: 0o600 })
  let growing: Growing = { position: { lines: 0, sum: NO_SUM }, cursor: null, isWhole: false, characters: 0 }
  while (!growing.isWhole) growing = await tryPart(file, source, growing)
  return growing
}

/**
 * Downloads a file, part by part.
 * @param source the lines of the part after a cursor; null: of the first
 */
export async function writeSealedFile(file: string, source: Source): Promise<FileFacts> {
  for (let tries = 1; ; tries++) {
    try {
      const { position, characters } = await download(file, source)
      return { lines: position.lines, characters, bytes: sizeOf(file), sha256: await digestFile(file) }
    } catch (error) {
      const isOver = error instanceof ApiError && error.code === 'dump_ended'
      if (!isOver || tries === FILE_TRIES) throw error
    }
  }
}

/** The lines of a file. */
export const readLines = (file: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: Infinity })

/** The parts in which a file is sent: whole blocks. The same file always has the same parts. */
export async function* readParts(file: string): AsyncGenerator<string> {
  let [part, block] = ['', '']
  for await (const line of readLines(file)) {
    block += `${line}\n`
    const kind = kindOf(line)
    if (kind !== 'check' && kind !== 'end') continue
    if (part !== '' && part.length + block.length > PART_CHARACTERS) {
      yield part
      part = ''
    }
    part += block
    block = ''
  }
  if (part + block !== '') yield part + block
}

/**
 * Proves that a file is whole and what was read.
 * @throws BackupError saying which line is wrong
 */
export async function verifySealedFile(file: string): Promise<void> {
  let position: Position = { lines: 0, sum: NO_SUM }
  let isWhole = false
  try {
    for await (const part of readParts(file)) {
      if (Buffer.byteLength(part) > MAX_PART_BYTES) throw new BackupError('A block is too large to be sent.')
      const { after, isLast } = await readBlocks(part, position, () => undefined)
      position = after
      isWhole = isLast
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new BackupError(`${file} is damaged: ${reason}`, { cause: error })
  }
  if (!isWhole) throw new BackupError(`${file} is damaged: it ends at line ${position.lines}, before its end.`)
}
