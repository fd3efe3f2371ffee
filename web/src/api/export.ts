import { chosenAccount } from './chosen-account.ts'
import { ApiError, NoAnswerError } from './errors.ts'
import type { Problem } from './types.ts'

export type ExportKind = 'account' | 'person'

const ADDRESSES = {
  account: { path: '/api/v1/account/export', file: 'igny8-account.ndjson' },
  person: { path: '/api/v1/me/export', file: 'igny8-me.json' },
} as const

/** The last line of an account's export is this if all of it is there. */
const COMPLETE = '"complete":true'
const END_LENGTH = 1_000

interface Exported {
  file: Blob
  name: string
  /** False if the file ends early, or names sites that did not answer. */
  isComplete: boolean
}

async function readParts(response: Response, onBytes: (bytes: number) => void): Promise<Uint8Array<ArrayBuffer>[]> {
  const reader = (response.body ?? new Response('').body)?.getReader()
  const parts: Uint8Array<ArrayBuffer>[] = []
  let bytes = 0
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    parts.push(read.value)
    bytes += read.value.length
    onBytes(bytes)
  }
  return parts
}

/**
 * Fetches an export. It is a stream, so that the page can say how much of it has come.
 * @throws ApiError, NoAnswerError
 */
export async function fetchExport(kind: ExportKind, onBytes: (bytes: number) => void): Promise<Exported> {
  const { path, file: name } = ADDRESSES[kind]
  const account = chosenAccount.get()
  const headers = account === null ? {} : { 'x-account-id': account }
  try {
    const url = new URL(path, window.location.origin)
    const response = await globalThis.fetch(new Request(url, { method: 'POST', credentials: 'include', headers }))
    if (!response.ok) throw new ApiError((await response.json()) as Problem, null)
    const file = new Blob(await readParts(response, onBytes))
    const end = kind === 'account' ? await file.slice(-END_LENGTH).text() : COMPLETE
    return { file, name, isComplete: end.includes(COMPLETE) }
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
