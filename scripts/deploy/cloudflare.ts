/** Cloudflare's REST API, as far as a deployment needs it. Answers are parsed; errors name the missing right. */
import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'
import { DeployError } from './errors.ts'
import { parseJson } from './json.ts'

const API = 'https://api.cloudflare.com/client/v4'
const TIMEOUT_MS = 30_000
const READ_TRIES = 3
const RETRY_MS = 1_000

/** No such Worker, D1 database (by id or name), KV namespace, bucket. */
const ABSENT = new Set([10007, 10090, 7404, 10013, 10006])
/** Authentication failed, or the token lacks a right. */
const REFUSED = new Set([10000, 9109, 6003, 1000, 10023, 7403])

const Envelope = z.looseObject({
  success: z.boolean(),
  errors: z.array(z.looseObject({ code: z.number(), message: z.string() })).default([]),
  result: z.unknown(),
  result_info: z.looseObject({ total_pages: z.number().optional(), total_count: z.number().optional() }).nullish(),
})
type Envelope = z.infer<typeof Envelope>

export interface Call<T> {
  schema: z.ZodType<T>
  path: string
  /** The right that the token needs, in the words of Cloudflare's token page. */
  right: string
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH'
  body?: unknown
  headers?: Record<string, string>
}

export interface CloudflareOptions {
  token: string
  fetch: typeof fetch
  /** `CLOUDFLARE_API_BASE_URL`, as wrangler knows it. */
  base?: string | undefined
}

export class Cloudflare {
  readonly #options: CloudflareOptions

  constructor(options: CloudflareOptions) {
    this.#options = options
  }

  /** The result of a call. Reads are repeated where the platform is away; writes are not, a second run continues them. */
  async call<T>(call: Call<T>): Promise<T> {
    const found = await this.find(call)
    if (found === null) throw new DeployError(`Cloudflare knows nothing at ${call.path}.`)
    return found
  }

  /** As {@link call}; null if there is no such thing. */
  async find<T>(call: Call<T>): Promise<T | null> {
    const answer = await this.#send(call)
    return answer === null ? null : this.#parse(call, answer.result)
  }

  /** All pages of a list. */
  async list<T>(call: Call<T>, perPage: number): Promise<T[]> {
    const all: T[] = []
    for (let page = 1; ; page++) {
      const mark = call.path.includes('?') ? '&' : '?'
      const path = `${call.path}${mark}page=${page}&per_page=${perPage}`
      const answer = await this.#send({ ...call, path })
      const entries = answer === null ? [] : this.#parse({ ...call, schema: z.array(call.schema) }, answer.result)
      all.push(...entries)
      if (entries.length < perPage) return all
    }
  }

  #parse<T>({ schema, path }: Pick<Call<T>, 'schema' | 'path'>, result: unknown): T {
    const parsed = schema.safeParse(result)
    if (parsed.success) return parsed.data
    const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')
    throw new DeployError(`Cloudflare's answer at ${path} is not as documented: ${where}.`)
  }

  async #send<T>(call: Call<T>): Promise<Envelope | null> {
    const method = call.method ?? 'GET'
    for (let left = method === 'GET' ? READ_TRIES : 1; ; left--) {
      const answer = await this.#sendOnce(method, call).catch((error: unknown) => {
        if (left <= 1) throw new DeployError(`Cloudflare doesn't answer at ${call.path}: ${reasonOf(error)}.`)
        return 'away' as const
      })
      if (answer !== 'away' && (answer.status < 500 || left <= 1)) return read(call, answer)
      await pause(RETRY_MS)
    }
  }

  async #sendOnce<T>(method: string, { path, body, headers }: Call<T>): Promise<{ status: number; text: string }> {
    const { token, base = API, fetch: send } = this.#options
    const response = await send(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return { status: response.status, text: await response.text() }
  }
}

const reasonOf = (error: unknown) =>
  error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error)

function read<T>({ path, right, method = 'GET' }: Call<T>, { status, text }: { status: number; text: string }) {
  const answer = Envelope.safeParse(parseJson(text)).data
  if (answer?.success) return answer
  const errors = answer?.errors ?? []
  if (method === 'GET' && (status === 404 || errors.some(({ code }) => ABSENT.has(code)))) return null
  const reasons = errors.map(({ code, message }) => `${message} [${code}]`).join('; ') || `status ${status}`
  if (status === 401 || status === 403 || errors.some(({ code }) => REFUSED.has(code)))
    throw new DeployError(`The token may not ${method} ${path}: ${reasons}\nIt needs the right “${right}”.`)
  throw new DeployError(`Cloudflare refused ${method} ${path}: ${reasons}`)
}
