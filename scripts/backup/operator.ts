/** Requests to the routes of whoever runs a deployment (src/routes/operator.ts). What is busy or unreachable is asked again. */
import { setTimeout as pause } from 'node:timers/promises'
import type * as z from 'zod'
import { API_PREFIX } from '../../src/contract/common.ts'
import { ApiError } from '../lib/client.ts'
import { BackupError } from './errors.ts'

const TRIES = 8
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000
/** A request that gets no byte for so long is given up. */
const TIMEOUT_MS = 120_000
const BUSY = new Set([429, 500, 502, 503, 504])

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
interface Body {
  type: 'application/json' | 'application/x-ndjson'
  text: string
}

export interface Access {
  url: string
  /** The secret OPERATOR_TOKEN of the deployment. */
  token: string
}

async function readProblem(answer: Response): Promise<Record<string, string>> {
  const text = await answer.text()
  try {
    return JSON.parse(text) as Record<string, string>
  } catch {
    return { detail: text.slice(0, 200) }
  }
}

/** How long to wait before another try; the answer may say so. */
function pauseAfter(tries: number, retryAfter: string | null): number {
  const asked = Number(retryAfter ?? 0) * 1000
  const own = FIRST_PAUSE_MS * 2 ** tries * (0.5 + Math.random() / 2)
  return Math.min(Math.max(asked, own), LONGEST_PAUSE_MS)
}

async function* linesOf(answer: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of answer.body ?? []) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
  if (rest + decoder.decode() !== '') throw new BackupError('An answer ends within a line.')
}

export class Operator {
  readonly #access: Access

  constructor(access: Access) {
    this.#access = access
  }

  get url(): string {
    return this.#access.url
  }

  /** @throws ApiError with the answer's problem; BackupError if the deployment does not answer */
  async json<T extends z.ZodType>(schema: T, method: Method, path: string, body?: object): Promise<z.output<T>> {
    const sent = body && ({ type: 'application/json', text: JSON.stringify(body) } as const)
    return schema.parse(await (await this.#send(method, path, sent)).json())
  }

  async call(method: Method, path: string): Promise<void> {
    await (await this.#send(method, path)).text()
  }

  /** Sends a part of a file. */
  async upload<T extends z.ZodType>(schema: T, path: string, text: string): Promise<z.output<T>> {
    return schema.parse(await (await this.#send('PUT', path, { type: 'application/x-ndjson', text })).json())
  }

  /** Lines as they come. A stream that breaks off throws; it is not asked for again here. */
  async *lines(path: string): AsyncGenerator<string> {
    yield* linesOf(await this.#send('GET', path))
  }

  async #send(method: Method, path: string, body?: Body): Promise<Response> {
    for (let tries = 0; ; tries++) {
      const answer = await this.#try(method, path, body)
      const isLast = tries === TRIES - 1
      if (answer instanceof Response && answer.ok) return answer
      if (answer instanceof Response && (isLast || !BUSY.has(answer.status)))
        throw new ApiError(`${method} ${path}`, answer.status, await readProblem(answer))
      if (answer instanceof Error && isLast) throw new BackupError(`${this.url} does not answer: ${answer.message}`)
      const retryAfter = answer instanceof Response ? answer.headers.get('retry-after') : null
      if (answer instanceof Response) await answer.body?.cancel()
      await pause(pauseAfter(tries, retryAfter))
    }
  }

  async #try(method: Method, path: string, body?: Body): Promise<Response | Error> {
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(new Error('no answer in time')), TIMEOUT_MS)
    try {
      return await fetch(`${this.url}${API_PREFIX}/operator/${path}`, {
        method,
        redirect: 'error',
        headers: {
          authorization: `Bearer ${this.#access.token}`,
          ...(body && { 'content-type': body.type }),
        },
        ...(body && { body: body.text }),
        signal: controller.signal,
      })
    } catch (cause) {
      // fetch hides the reason below its own error
      const reason = cause instanceof Error ? (cause.cause ?? cause) : cause
      return reason instanceof Error ? reason : new Error(String(reason))
    } finally {
      clearTimeout(timer)
    }
  }
}
