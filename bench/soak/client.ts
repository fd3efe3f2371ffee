import { setTimeout as pause } from 'node:timers/promises'
import { createId } from '../../src/lib/ids.ts'

/** An answer of the API; status 0 where none came. */
export interface Answer {
  status: number
  body: Record<string, unknown>
  text: string
  headers: Record<string, string>
}

export interface Request {
  /** What it is for, for the figures. */
  kind: string
  token?: string | null
  body?: unknown
  headers?: Record<string, string>
  /** Refusals that the load means to get. */
  expects?: readonly number[]
}

const TIMEOUT_MS = 100_000
const LONGEST_PAUSE_MS = 5_000
/** A request that a killed process has begun is repeated once its claim has ended, after a minute. */
const PATIENCE_MS = 240_000
const MOST_NOTES = 100

const readJson = (text: string): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** What was wrong about the answers: a rule of the product, with the request. */
export interface Note {
  at: string
  what: string
}

/**
 * Sends the load's requests, counts their answers, and notes those that may not be: a 5xx other than 503 with
 * `Retry-After`, a 503 or no answer although nothing was wrong, and a refusal that nobody meant to get.
 */
export class Client {
  readonly url: string
  readonly #isDown: () => boolean
  readonly #isFaulty: () => boolean
  requests = 0
  readonly byStatus = new Map<number, number>()
  /** Error codes of refusals and failures. */
  readonly byCode = new Map<string, number>()
  readonly byKind = new Map<string, number>()
  readonly serverErrors: Note[] = []
  readonly refusals: Note[] = []
  /** What went wrong in the load itself. */
  readonly troubles: Note[] = []
  retries = 0

  /**
   * @param isDown whether no process of the Worker may answer now, or since a moment ago
   * @param isFaulty whether faults of the platform are made now, or since a moment ago
   */
  constructor(url: string, isDown: () => boolean, isFaulty: () => boolean) {
    this.url = url
    this.#isDown = isDown
    this.#isFaulty = isFaulty
  }

  async #fetch(request: string, { token, body, headers = {} }: Request): Promise<Answer> {
    const [method = 'GET', path = ''] = request.split(' ')
    const init: RequestInit = {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && token !== null && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }
    try {
      const answer = await fetch(`${this.url}${path}`, init)
      const text = await answer.text()
      return { status: answer.status, text, body: readJson(text), headers: Object.fromEntries(answer.headers) }
    } catch (error) {
      return { status: 0, text: String((error as Error).cause ?? error), body: {}, headers: {} }
    }
  }

  /** Notes that a part of the load failed. */
  trouble(part: string, cause: unknown): void {
    const what = `${part}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`
    if (this.troubles.length < MOST_NOTES) this.troubles.push({ at: new Date().toISOString(), what })
  }

  /** One request, whatever comes back. */
  async send(request: string, options: Request): Promise<Answer> {
    const wasBad = this.#isDown() || this.#isFaulty()
    const answer = await this.#fetch(request, options)
    const { status } = answer
    this.requests++
    const count = <Key>(counts: Map<Key, number>, key: Key) => counts.set(key, (counts.get(key) ?? 0) + 1)
    count(this.byStatus, status)
    count(this.byKind, options.kind)
    if (status >= 400) count(this.byCode, `${status} ${(answer.body['code'] as string | undefined) ?? 'unknown'}`)
    this.#judge(request, options, answer, wasBad)
    return answer
  }

  #judge(request: string, { kind, expects = [] }: Request, { status, text, headers }: Answer, wasBad: boolean): void {
    const isExcused = wasBad || this.#isDown() || this.#isFaulty()
    const note = (list: Note[], why: string) => {
      if (list.length < MOST_NOTES)
        list.push({ at: new Date().toISOString(), what: `${kind}: ${request} ${status} ${why} ${text.slice(0, 300)}` })
    }
    if (status === 0 && !isExcused) note(this.serverErrors, 'no answer')
    if (status >= 500 && status !== 503) note(this.serverErrors, '')
    if (status === 503 && headers['retry-after'] === undefined) note(this.serverErrors, 'without Retry-After')
    if (status === 503 && !isExcused) note(this.serverErrors, 'although nothing was wrong')
    if (status >= 400 && status < 500 && !expects.includes(status)) note(this.refusals, '')
  }

  /**
   * Sends a request until its outcome is known, with an idempotency key for a write.
   * @returns the answer; null if the outcome is not known after minutes
   */
  async sendUntilKnown(request: string, options: Request): Promise<Answer | null> {
    const key = { 'idempotency-key': createId('req') }
    const headers = request.startsWith('GET ') ? { ...options.headers } : { ...key, ...options.headers }
    // a repeat meets the claim of the request that is not known to have ended
    const expects = [...(options.expects ?? []), 409]
    const until = Date.now() + PATIENCE_MS
    for (let tries = 0; Date.now() < until; tries++) {
      const answer = await this.send(request, {
        ...options,
        headers,
        expects: tries > 0 ? expects : (options.expects ?? []),
      })
      const isClaimed = answer.status === 409 && answer.body['code'] === 'request_in_progress'
      if (answer.status !== 0 && answer.status !== 503 && !isClaimed) return answer
      this.retries++
      const asked = Number(answer.headers['retry-after'] ?? 1) * 1000
      await pause(Math.min(LONGEST_PAUSE_MS, Math.max(200, Number.isNaN(asked) ? 1000 : asked)))
    }
    return null
  }

  /** The same, for what must succeed. @throws Error */
  async must(request: string, options: Request): Promise<Record<string, unknown>> {
    const answer = await this.sendUntilKnown(request, options)
    if (answer && answer.status > 0 && answer.status < 400) return answer.body
    throw new Error(`${options.kind}: ${request} answered ${answer?.status ?? 'nothing'}: ${answer?.text ?? ''}`)
  }
}
