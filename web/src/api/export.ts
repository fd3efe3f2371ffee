import { chosenAccount } from './chosen-account.ts'
import { ApiError, NoAnswerError } from './errors.ts'
import type { Problem } from './types.ts'

/** What is exported: the account, the person, or a site by its id. */
export type ExportSource = 'account' | 'person' | { site: string }

/** The name of a site's file says when it was made: there may be several. */
const addressOf = (source: ExportSource): { path: string; file: string } => {
  if (source === 'account') return { path: '/api/v1/account/export', file: 'igny8-account.ndjson' }
  if (source === 'person') return { path: '/api/v1/me/export', file: 'igny8-me.json' }
  const date = new Date().toISOString().slice(0, 10)
  return { path: `/api/v1/sites/${encodeURIComponent(source.site)}/export`, file: `igny8-site-${date}.ndjson` }
}

/** The last line of a part, or of an export, is shorter than this. */
const LAST_LINE_BYTES = 10_000

/** What has come of an export. It is kept while the person types their password again, so that nothing comes twice. */
export interface Download {
  parts: Blob[]
  bytes: number
  /** Where the next part begins; null for the first. */
  cursor: string | null
}

export const newDownload = (): Download => ({ parts: [], bytes: 0, cursor: null })

interface Exported {
  file: Blob
  name: string
  /** False if the file ends early, or names sites that did not answer. */
  isComplete: boolean
}

interface LastLine {
  kind?: string
  next?: string
  complete?: boolean
}

async function readBody(response: Response, onBytes: (bytes: number) => void): Promise<Blob> {
  const reader = (response.body ?? new Response('').body)?.getReader()
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    chunks.push(read.value)
    bytes += read.value.length
    onBytes(bytes)
  }
  return new Blob(chunks)
}

async function request(source: ExportSource, cursor: string | null): Promise<Response> {
  const account = chosenAccount.get()
  const headers = account === null ? {} : { 'x-account-id': account }
  const url = new URL(addressOf(source).path, window.location.origin)
  if (cursor !== null) url.searchParams.set('cursor', cursor)
  const response = await globalThis.fetch(new Request(url, { method: 'POST', credentials: 'include', headers }))
  if (!response.ok) throw new ApiError((await response.json()) as Problem, null)
  return response
}

/** A part's last line, and the part without it if the line only says where the export goes on. */
async function readEnd(part: Blob): Promise<{ part: Blob; line: LastLine }> {
  const end = await part.slice(-LAST_LINE_BYTES).text()
  const text = end.trimEnd().split('\n').at(-1) ?? ''
  let line: LastLine = {}
  try {
    line = JSON.parse(text) as LastLine
  } catch {
    // the download broke off within a line
  }
  if (line.kind !== 'page') return { part, line }
  return { part: part.slice(0, part.size - new Blob([end.slice(end.lastIndexOf(text))]).size), line }
}

/** Fetches an export of lines part by part. @returns whether all of it is there */
async function fetchParts(
  source: ExportSource,
  download: Download,
  onBytes: (bytes: number) => void,
): Promise<boolean> {
  for (;;) {
    const response = await request(source, download.cursor)
    const { part, line } = await readEnd(await readBody(response, (bytes) => onBytes(download.bytes + bytes)))
    download.parts.push(part)
    download.bytes += part.size
    download.cursor = line.kind === 'page' ? (line.next ?? null) : null
    if (download.cursor === null) return line.kind === 'end' && line.complete === true
  }
}

/**
 * Fetches an export, as one file. It is a stream, so that the page can say how much of it has come.
 * @throws ApiError, NoAnswerError. After `recent_sign_in_required` the same download goes on where it stopped
 */
export async function fetchExport(
  source: ExportSource,
  download: Download,
  onBytes: (bytes: number) => void,
): Promise<Exported> {
  const { file: name } = addressOf(source)
  try {
    if (source === 'person')
      return { file: await readBody(await request(source, null), onBytes), name, isComplete: true }
    const isComplete = await fetchParts(source, download, onBytes)
    return { file: new Blob(download.parts), name, isComplete }
  } catch (error) {
    throw error instanceof ApiError ? error : new NoAnswerError(error)
  }
}

/** Hands a file to the browser's downloads. */
export function saveFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // the browser reads the address after the click has returned
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
