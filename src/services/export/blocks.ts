/**
 * Reads a file of lines that proves that it is whole (seal.ts), part by part. A part is whole blocks: each ends with its
 * line `check`, whose digest must go on from the block before.
 */
import { Check, End, MAX_LINE_CHARACTERS, MAX_PART_BYTES } from '../../contract/site-file.ts'
import { isDeeperThan, MAX_JSON_DEPTH } from '../../lib/json.ts'
import type { FilePosition } from '../../site/rpc.ts'
import { ServiceError } from '../errors.ts'
import { digestBlock } from './seal.ts'

/** A line that can't be read. @param number of the line in the file */
export const invalidLine = (number: number, message: string) =>
  new ServiceError('file_line_invalid', `Line ${number}: ${message}.`, {
    errors: [{ path: `line ${number}`, code: 'file_line_invalid', message }],
  })

/** The text of a part. @throws ServiceError `file_too_large`, `file_damaged` */
export function decodePart(bytes: ArrayBuffer): string {
  if (bytes.byteLength > MAX_PART_BYTES)
    throw new ServiceError('file_too_large', `A part has at most ${MAX_PART_BYTES} bytes.`)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new ServiceError('file_damaged', 'It is not UTF-8.', { cause })
  }
}

function parse(text: string, number: number): unknown {
  if (text.length > MAX_LINE_CHARACTERS) throw invalidLine(number, `longer than ${MAX_LINE_CHARACTERS} characters`)
  if (isDeeperThan(text, MAX_JSON_DEPTH)) throw invalidLine(number, 'nested too deep')
  try {
    return JSON.parse(text)
  } catch {
    throw invalidLine(number, 'not JSON')
  }
}

const kindOf = (value: unknown) =>
  typeof value === 'object' && value !== null && 'kind' in value ? String(value.kind) : null

export interface BlockPart {
  after: FilePosition
  /** Whether the file ends with this part. */
  isLast: boolean
}

class BlockReader {
  readonly part: BlockPart
  readonly #onLine: OnLine
  #block = ''
  #blockFrom: number

  constructor(before: FilePosition, onLine: OnLine) {
    this.part = { after: { lines: before.lines, sum: before.sum }, isLast: false }
    this.#blockFrom = before.lines + 1
    this.#onLine = onLine
  }

  async read(text: string): Promise<void> {
    const { after } = this.part
    const number = after.lines + 1
    if (this.part.isLast) throw invalidLine(number, 'after the end of the file')
    const value = parse(text, number)
    after.lines = number
    const kind = kindOf(value)
    if (kind === 'check') return this.#check(value)
    if (kind === 'end') return this.#end(value)
    this.#block += `${text}\n`
    return this.#onLine(value, number, text)
  }

  finish(): BlockPart {
    if (this.#block !== '')
      throw new ServiceError('file_damaged', `It ends at line ${this.part.after.lines}, within a block.`)
    return this.part
  }

  async #check(value: unknown): Promise<void> {
    const { after } = this.part
    const check = Check.safeParse(value)
    if (!check.success) throw invalidLine(after.lines, 'not a check')
    const found = await digestBlock(after.sum, this.#block)
    if (found !== check.data.sum || check.data.lines !== after.lines)
      throw new ServiceError('file_damaged', `Lines ${this.#blockFrom} to ${after.lines} are not what was exported.`)
    after.sum = found
    this.#block = ''
    this.#blockFrom = after.lines + 1
  }

  #end(value: unknown): void {
    const { after } = this.part
    const end = End.safeParse(value)
    if (!end.success) throw invalidLine(after.lines, 'not an end')
    if (this.#block !== '' || end.data.sum !== after.sum || end.data.lines !== after.lines)
      throw new ServiceError('file_damaged', `Line ${after.lines} does not fit to the lines before it.`)
    if (!end.data.complete) throw new ServiceError('file_incomplete', 'The export could not read everything.')
    this.part.isLast = true
  }
}

type OnLine = (value: unknown, number: number, text: string) => void

/**
 * Reads a part, and hands out its lines but for checks and the end.
 * @param before where the file is
 * @throws ServiceError `file_line_invalid`, `file_damaged`, `file_incomplete`, and what `onLine` throws
 */
export async function readBlocks(text: string, before: FilePosition, onLine: OnLine): Promise<BlockPart> {
  const reader = new BlockReader(before, onLine)
  const lines = text.split('\n')
  // a part ends with a line feed
  if (lines.pop() !== '')
    throw new ServiceError('file_damaged', `It ends within line ${before.lines + lines.length + 1}.`)
  for (const line of lines) await reader.read(line)
  return reader.finish()
}
