import { chosenAccount } from './chosen-account.ts'
import { ApiError, NoAnswerError } from './errors.ts'
import type { Problem, SiteImport } from './types.ts'

/** A part has about this many bytes; the API takes 8 MB. */
const PART_BYTES = 4_000_000
/** Tries of a part that gets no answer, or is refused for the moment. */
const TRIES = 4
const PAUSE_MS = 1_000

/** Lines after which a file may be cut. */
const ENDS = ['{"kind":"check",', '{"kind":"end",']

/** Bytes as characters of the same places. */
const readBytes = async (bytes: Blob) => new TextDecoder('latin1').decode(await bytes.arrayBuffer())

/** The length of the part at the beginning of a text: up to its last line that ends a block. */
function lengthOfPart(text: string): number {
  const starts = ENDS.map((end) => text.lastIndexOf(`\n${end}`))
  const start = Math.max(...starts)
  const feed = start === -1 ? -1 : text.indexOf('\n', start + 1)
  // a line that is cut off: the one before it
  return feed === -1 && start > 0 ? lengthOfPart(text.slice(0, start)) : feed + 1
}

async function findLength(rest: Blob, partBytes: number): Promise<number> {
  for (const bytes of [partBytes, 2 * partBytes]) {
    if (rest.size <= bytes) return rest.size
    const found = lengthOfPart(await readBytes(rest.slice(0, bytes)))
    if (found > 0) return found
  }
  return 2 * partBytes
}

/** The parts of a file. One that has no lines to cut it after is cut anywhere, and the API says what is wrong with it. */
export async function* partsOf(file: Blob, partBytes: number = PART_BYTES): AsyncGenerator<Blob> {
  for (let from = 0; from < file.size;) {
    const length = await findLength(file.slice(from), partBytes)
    yield file.slice(from, from + length)
    from += length
  }
}

async function sendPart(url: string, part: Blob): Promise<SiteImport> {
  const account = chosenAccount.get()
  const headers = { 'content-type': 'application/x-ndjson', ...(account !== null && { 'x-account-id': account }) }
  const request = new Request(new URL(url, window.location.origin), {
    method: 'PUT',
    credentials: 'include',
    headers,
    body: await part.text(),
  })
  const answer = await globalThis.fetch(request)
  const body = (await answer.json()) as SiteImport | Problem
  if (!answer.ok) throw new ApiError(body as Problem)
  return body as SiteImport
}

const isPassing = (error: unknown) => !(error instanceof ApiError) || [429, 503].includes(error.status)

/** Sends a part; a repeat is harmless. @throws ApiError, NoAnswerError */
async function trySending(url: string, part: Blob): Promise<SiteImport> {
  for (let tries = 1; ; tries++) {
    try {
      return await sendPart(url, part)
    } catch (error) {
      if (!isPassing(error) || tries === TRIES) throw error instanceof ApiError ? error : new NoAnswerError(error)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries))
    }
  }
}

/**
 * Sends a file for an import that was started.
 * @param onBytes hears how much was sent
 * @returns the import as it is then
 * @throws ApiError, NoAnswerError
 */
export async function sendFile(started: SiteImport, file: Blob, onBytes: (bytes: number) => void): Promise<SiteImport> {
  const path = `/api/v1/sites/${encodeURIComponent(started.site_id)}/import/${encodeURIComponent(started.id)}/parts`
  let [found, number, bytes] = [started, 0, 0]
  for await (const part of partsOf(file)) {
    number++
    found = await trySending(`${path}/${number}`, part)
    bytes += part.size
    onBytes(bytes)
  }
  return found
}
