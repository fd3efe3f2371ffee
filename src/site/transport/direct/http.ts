import type { EvidenceStep } from '../../../contract/evidence.ts'
import { networkFault, startTimer, USER_AGENT, type NetworkFault } from '../../../lib/outbound-http.ts'
import { checkOutboundUrl } from '../../../lib/url-guard.ts'
import { LinkError, type LinkProblem } from './errors.ts'
import { describeUrl } from './evidence.ts'

/** How much of an error page is read to classify it. */
export const MAX_ERROR_BYTES = 65_536
const READ_BYTES = 65_536

export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>

/** Network, clock and limits of a series of requests; injected, so that tests and the simulator control them. */
export interface Wire {
  /** Call it as a plain function: workerd refuses `fetch` as a method of another object. */
  fetch: FetchFunction
  /** Unix milliseconds. */
  now: () => number
  /** Development only, see `checkOutboundUrl`. */
  allowLoopback: boolean
  /** No request starts or continues after this time (Unix milliseconds). */
  deadlineMs: number
  /** Each request adds a step. */
  evidence: EvidenceStep[]
  /** Receives every request and its answer. */
  observe?: ((call: LinkRequest, answer: LinkAnswer) => void) | undefined
}

export interface LinkRequest {
  step: string
  method: 'GET' | 'POST'
  url: URL
  headers: Record<string, string>
  body?: string
  timeoutMs: number
  /** The most bytes kept of a 200, after decompression. Of other answers, `MAX_ERROR_BYTES` are kept. */
  maxBytes: number
}

export interface LinkAnswer {
  url: URL
  status: number
  headers: Headers
  bytes: Uint8Array
  /** Whether the body was longer; the rest was not read. */
  isTruncated: boolean
}

const FAULTS: Record<NetworkFault, (host: string) => LinkProblem> = {
  timed_out: (host) => ({ code: 'wordpress_timeout', detail: `${host} did not answer in time.` }),
  name_not_found: (host) => ({ code: 'dns_failed', detail: `The name ${host} was not found.` }),
  tls: (host) => ({ code: 'tls_error', detail: `No trusted TLS connection could be made to ${host}.` }),
  lost: (host) => ({
    code: 'connection_lost',
    detail: `${host} refused or closed the connection without an answer.`,
  }),
  no_connection: (host) => ({ code: 'unreachable', detail: `No connection could be made to ${host}.` }),
}

const classifyNetworkError = (error: unknown, { host }: URL): LinkProblem => FAULTS[networkFault(error)](host)

/** Opens a body for reading, in large chunks if the stream allows it: each chunk costs a turn of the event loop. */
function openBody(body: ReadableStream<Uint8Array>) {
  try {
    const reader = body.getReader({ mode: 'byob' })
    return { read: () => reader.read(new Uint8Array(READ_BYTES)), cancel: () => reader.cancel() }
  } catch {
    // not a byte stream
    const reader = body.getReader()
    return { read: () => reader.read(), cancel: () => reader.cancel() }
  }
}

async function readCapped(response: Response, maxBytes: number): Promise<{ bytes: Uint8Array; isTruncated: boolean }> {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = response.body && openBody(response.body)
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    const chunk: Uint8Array = part.value
    chunks.push(chunk.subarray(0, maxBytes - length))
    length += chunk.length
    if (length > maxBytes) {
      await reader?.cancel()
      break
    }
  }
  const bytes = new Uint8Array(Math.min(length, maxBytes))
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return { bytes, isTruncated: length > maxBytes }
}

/** The error of a body that could not be read to its end: our time-out, or a closed connection. */
function bodyProblem(error: unknown, url: URL): LinkProblem {
  const problem = classifyNetworkError(error, url)
  if (problem.code === 'wordpress_timeout') return problem
  return { code: 'response_truncated', detail: `${url.host} closed the connection in the middle of its answer.` }
}

/**
 * Sends one request: checked by the SSRF guard, limited in time and size, without cookies and Authorization header, and
 * following no redirect. Returns an answer of any status. Adds one step to the evidence in any case.
 * @throws LinkError if there is no answer: address refused, no connection, time-out, body incomplete
 */
export async function request(wire: Wire, call: LinkRequest): Promise<LinkAnswer> {
  const { fetch, now, evidence, allowLoopback } = wire
  const startedMs = now()
  const step: EvidenceStep = { step: call.step, url: describeUrl(call.url) }
  evidence.push(step)
  const fail = (problem: LinkProblem, cause?: unknown) => {
    step.took_ms = now() - startedMs
    step.note = problem.code
    return new LinkError(problem, evidence, { cause })
  }

  const checked = checkOutboundUrl(call.url.href, { allowLoopback })
  if (!checked.ok) throw fail(checked)
  const timeoutMs = Math.min(call.timeoutMs, wire.deadlineMs - startedMs)
  if (timeoutMs <= 0)
    throw fail({ code: 'wordpress_timeout', detail: `${call.url.host} took all the time there was for it.` })

  const timer = startTimer(timeoutMs)
  const init: RequestInit = {
    method: call.method,
    headers: { 'user-agent': USER_AGENT, ...call.headers },
    redirect: 'manual',
    signal: timer.signal,
    ...(call.body !== undefined && { body: call.body }),
  }
  let response: Response | null = null
  try {
    response = await fetch(call.url.href, init)
    step.status = response.status
    const body = await readCapped(response, response.status === 200 ? call.maxBytes : MAX_ERROR_BYTES)
    step.took_ms = now() - startedMs
    const answer = { url: call.url, status: response.status, headers: response.headers, ...body }
    wire.observe?.(call, answer)
    return answer
  } catch (error) {
    throw fail(response ? bodyProblem(error, call.url) : classifyNetworkError(error, call.url), error)
  } finally {
    timer.stop()
  }
}

/** The body as text; invalid UTF-8 is replaced. Don't verify a signature over it. */
export function toText(answer: LinkAnswer): string {
  return new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(answer.bytes)
}
