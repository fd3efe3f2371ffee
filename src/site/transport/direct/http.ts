import type { EvidenceStep } from '../../../contract/evidence.ts'
import { networkFault, startTimer, USER_AGENT, type NetworkFault } from '../../../lib/outbound-http.ts'
import { checkOutboundUrl } from '../../../lib/url-guard.ts'
import { LinkError, type LinkProblem } from './errors.ts'
import { describeUrl } from './evidence.ts'

/** How much of an error page is read to find out what it is. */
export const MAX_ERROR_BYTES = 65_536
const READ_BYTES = 65_536

export type FetchFunction = (url: string, init: RequestInit) => Promise<Response>

/** What the link needs of the world; injected, so that tests and the simulator can drive it. */
export interface Wire {
  /** Called as a plain function: workerd refuses `fetch` as somebody's method. */
  fetch: FetchFunction
  /** Unix milliseconds. */
  now: () => number
  /** Development only, see `checkOutboundUrl`. */
  allowLoopback: boolean
  /** No request starts after this moment (Unix ms), and none goes on. */
  deadlineMs: number
  /** Filled step by step. */
  evidence: EvidenceStep[]
  /** Sees every answer with the request that it answers, where somebody wants to look closer. */
  observe?: ((call: LinkRequest, answer: LinkAnswer) => void) | undefined
}

export interface LinkRequest {
  step: string
  method: 'GET' | 'POST'
  url: URL
  headers: Record<string, string>
  body?: string
  timeoutMs: number
  /** Most bytes kept of a 200; of anything else `MAX_ERROR_BYTES` are. Counted after decompression. */
  maxBytes: number
}

export interface LinkAnswer {
  url: URL
  status: number
  headers: Headers
  bytes: Uint8Array
  /** The body was longer, and the rest of it was not read. */
  isCut: boolean
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

/** How the next part of a body is read: in large parts where the stream allows it, since each one costs a round. */
function openBody(body: ReadableStream<Uint8Array>) {
  try {
    const reader = body.getReader({ mode: 'byob' })
    return { read: () => reader.read(new Uint8Array(READ_BYTES)), cancel: () => reader.cancel() }
  } catch {
    // not a stream of bytes
    const reader = body.getReader()
    return { read: () => reader.read(), cancel: () => reader.cancel() }
  }
}

async function readCapped(response: Response, maxBytes: number): Promise<{ bytes: Uint8Array; isCut: boolean }> {
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
  return { bytes, isCut: length > maxBytes }
}

/** Once the head is here, a body that fails has broken off, unless it was our own time that ran out. */
function bodyProblem(error: unknown, url: URL): LinkProblem {
  const problem = classifyNetworkError(error, url)
  if (problem.code === 'wordpress_timeout') return problem
  return { code: 'response_truncated', detail: `${url.host} closed the connection in the middle of its answer.` }
}

/**
 * One request: guarded, bounded in time and size, never following a redirect, never carrying cookies or an
 * Authorization header. Any status is an answer. Throws LinkError where there is none: the address is refused, no
 * connection, no answer in time, a body that breaks off. Adds one step to the evidence either way.
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

/** The body as text for looking at, whatever its bytes are. */
export function toText(answer: LinkAnswer): string {
  return new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(answer.bytes)
}
