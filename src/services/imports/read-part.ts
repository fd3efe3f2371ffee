import * as z from 'zod'
import { FILE_VERSION, type FileHead, FileLine } from '../../contract/site-file.ts'
import type { ImportCode, ImportCounts } from '../../contract/imports.ts'
import type { FilePosition, StagedLine } from '../../site/rpc.ts'
import { ServiceError } from '../errors.ts'
import { type BlockPart, invalidLine, readBlocks } from '../export/blocks.ts'

interface FilePart extends BlockPart {
  /** Lines that are carried out later. */
  lines: StagedLine[]
  /** Lines that are left out, by the reason. */
  leftOut: ImportCounts['refused']
  head: FileHead | null
}

const LEFT_OUT: Partial<Record<FileLine['kind'], ImportCode>> = {
  site: 'comes_from_site',
  term: 'comes_from_site',
  sync_event: 'is_record',
}

function parseLine(value: unknown, number: number): FileLine {
  const parsed = FileLine.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw invalidLine(number, `${issue?.path.join('.') || 'the line'}: ${issue?.message ?? 'not valid'}`)
}

/** A later version may have another first line. */
const Version = z.lazy(() => z.looseObject({ kind: z.literal('export'), version: z.number() }))

/** @throws ServiceError `file_unknown` unless it is the first line of a site's export of a version that is known */
function readHead(value: unknown): FileHead {
  const version = Version.safeParse(value).data?.version
  if (version === undefined) throw new ServiceError('file_unknown', 'It does not begin like an export.')
  if (version > FILE_VERSION)
    throw new ServiceError('file_unknown', `It has version ${version}; up to ${FILE_VERSION} can be read.`)
  const line = parseLine(value, 1)
  if (line.kind !== 'export' || line.of !== 'site')
    throw new ServiceError('file_unknown', 'It is the export of an account, not of a site.')
  return line
}

/** The line as it is kept until the file is whole; null for one that is left out. */
function stage(line: FileLine, number: number, text: string): StagedLine | null {
  const shared = { line: number, kind: line.kind, text }
  if (line.kind === 'item')
    return { ...shared, id: line.id, postId: line.external_id === null ? null : Number(line.external_id) }
  return line.kind === 'undo' || line.kind === 'integration' ? { ...shared, id: null, postId: null } : null
}

/**
 * Reads a part of a file that is imported. Every line is parsed by its schema before anything is stored.
 * @param before where the file is
 * @throws ServiceError `file_line_invalid`, `file_unknown`, `file_damaged`, `file_incomplete`
 */
export async function readPart(text: string, before: FilePosition): Promise<FilePart> {
  const part: Pick<FilePart, 'lines' | 'leftOut' | 'head'> = { lines: [], leftOut: {}, head: null }
  const read = await readBlocks(text, before, (value, number, lineText) => {
    if (number === 1) part.head = readHead(value)
    const line = number === 1 && part.head ? part.head : parseLine(value, number)
    if (number > 1 && line.kind === 'export') throw invalidLine(number, 'a second beginning')
    const staged = stage(line, number, lineText)
    if (staged) part.lines.push(staged)
    const code = LEFT_OUT[line.kind]
    if (code !== undefined) part.leftOut[code] = (part.leftOut[code] ?? 0) + 1
  })
  return { ...part, ...read }
}
