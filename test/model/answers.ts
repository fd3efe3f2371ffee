import { PAGES, type Fault } from './faults.ts'

/** An answer of the site, before a transport turns it into HTTP. */
export interface ModelAnswer {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array
  /** Only this many bytes arrive; then the connection breaks. */
  cutAt?: number
}

/** The site gives no answer: the connection breaks, or nothing ever comes. */
export class NoAnswer extends Error {
  readonly isTimeout: boolean

  constructor(isTimeout: boolean) {
    super(isTimeout ? 'The operation was aborted due to timeout' : 'Network connection lost: ECONNRESET')
    this.name = isTimeout ? 'TimeoutError' : 'TypeError'
    this.isTimeout = isTimeout
  }
}

export const html = (status: number, body: string, headers: Record<string, string> = {}): ModelAnswer => ({
  status,
  headers: { 'content-type': 'text/html; charset=UTF-8', ...headers },
  body,
})

export const json = (status: number, value: unknown): ModelAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8' },
  body: JSON.stringify(value),
})

/** A WordPress REST error. */
export const restError = (
  status: number,
  code: string,
  message: string,
  data: Record<string, unknown> = {},
): ModelAnswer => json(status, { code, message, data: { status, ...data } })

const toBytes = (body: ModelAnswer['body']) => (typeof body === 'string' ? new TextEncoder().encode(body) : body)
const toText = (body: string | Uint8Array) => (typeof body === 'string' ? body : new TextDecoder().decode(body))

function cutInHalf(answer: ModelAnswer, isClean: boolean): ModelAnswer {
  const body = toBytes(answer.body)
  const half = body.length >> 1
  return isClean ? { ...answer, body: body.slice(0, half) } : { ...answer, body, cutAt: half }
}

/** Applies a fault to an answer; other faults leave it unchanged. */
export function spoil(fault: Fault, answer: ModelAnswer): ModelAnswer {
  if (fault.kind === 'html') return html(200, PAGES.html)
  if (fault.kind === 'login') return html(200, PAGES.login)
  if (fault.kind === 'captcha') return html(202, PAGES.captcha, { 'sg-captcha': 'challenge' })
  if (fault.kind === 'empty') return { ...answer, body: '' }
  if (fault.kind === 'trailing_html') return { ...answer, body: toText(answer.body) + PAGES.trailing }
  if (fault.kind === 'leading_notice') return { ...answer, body: PAGES.notice + toText(answer.body) }
  if (fault.kind === 'half_body') return cutInHalf(answer, fault.isClean ?? false)
  if (fault.kind === 'rest_error') return restError(fault.status, fault.code, 'Something on this site refuses.')
  if (fault.kind !== 'status') return answer
  const { status, retryAfter } = fault
  return html(status, PAGES.error, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) })
}
