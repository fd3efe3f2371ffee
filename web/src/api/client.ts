import type * as z from 'zod'
import type { API_PREFIX } from '../../../src/contract/common.ts'
import type { Endpoints } from '../../../src/contract/endpoints.ts'
import { ApiError, NoAnswerError } from './errors.ts'
import type { Problem } from './types.ts'

const PREFIX: typeof API_PREFIX = '/api/v1'

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
type PathsOf<M extends Method> = keyof Endpoints extends infer Key ? (Key extends `${M} ${infer P}` ? P : never) : never
type EndpointOf<M extends Method, P extends string> = Endpoints[`${M} ${P}` & keyof Endpoints]

/** What a caller may send. Fields with defaults are optional; coerced and preprocessed fields have their resulting type. */
type Sent<S> = S extends z.ZodType ? TypedInput<z.input<S>, z.output<S>> : never
type TypedInput<In, Out> = {
  [K in keyof In]: unknown extends In[K] ? (K extends keyof Out ? Out[K] : never) : In[K]
}

type PathNames<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | PathNames<Rest> : never
type PathParams<P extends string> = [PathNames<P>] extends [never] ? object : { path: Record<PathNames<P>, string> }
type QueryParams<E> = E extends { query: infer Q } ? { query?: Sent<Q> } : object
type Body<E> = E extends { body: infer B } ? { body: Sent<B> } : object
type Params<E, P extends string> = PathParams<P> & QueryParams<E>
type Options<E, P extends string> = (object extends Params<E, P>
  ? { params?: Params<E, P> }
  : { params: Params<E, P> }) &
  Body<E>
type Arguments<E, P extends string> =
  object extends Options<E, P> ? [options?: Options<E, P>] : [options: Options<E, P>]
type AnswerOf<E> = E extends { answer: infer A extends z.ZodType } ? z.output<A> : undefined

type Call<M extends Method> = <P extends PathsOf<M>>(
  path: P,
  ...options: Arguments<EndpointOf<M, P>, P>
) => Promise<AnswerOf<EndpointOf<M, P>>>

/** The API's endpoints, typed by the contract. A call resolves to the answer's body, or throws ApiError or NoAnswerError. */
export type ApiClient = { [M in Method]: Call<M> }

interface ClientOptions {
  /** Origin of the API. */
  baseUrl: string
  /** Headers of the next request. */
  headers: () => Record<string, string>
  fetch: (request: Request) => Promise<Response>
}

interface SentOptions {
  params?: { path?: Record<string, string>; query?: Record<string, string | number | boolean | undefined> }
  body?: unknown
}

function urlOf(baseUrl: string, path: string, { path: values = {}, query = {} }: SentOptions['params'] = {}): URL {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))
  const url = new URL(`${PREFIX}${filled}`, baseUrl)
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value))
  return url
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && 'status' in value && 'detail' in value

function retryAfterOf({ headers }: Response): number | null {
  const seconds = Number.parseInt(headers.get('retry-after') ?? '', 10)
  return seconds > 0 ? seconds : null
}

/** Reads an answer; one that isn't the API's JSON counts as no answer. */
async function readAnswer(response: Response): Promise<unknown> {
  if (response.ok) return response.status === 204 ? undefined : response.json()
  const problem: unknown = await response.json()
  if (isProblem(problem)) throw new ApiError(problem, retryAfterOf(response))
  throw new Error(`HTTP ${response.status}`)
}

export function createApiClient({ baseUrl, headers, fetch }: ClientOptions): ApiClient {
  const send = async (method: Method, path: string, { params, body }: SentOptions = {}) => {
    const request = new Request(urlOf(baseUrl, path, params), {
      method,
      credentials: 'include',
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers() },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    try {
      return await readAnswer(await fetch(request))
    } catch (error) {
      throw error instanceof ApiError ? error : new NoAnswerError(error)
    }
  }
  // `Arguments` has checked the options, and the API's own tests check that its answers fit their schemas
  const call = <M extends Method>(method: M) =>
    ((path: string, options?: SentOptions) => send(method, path, options)) as Call<M>
  return { GET: call('GET'), POST: call('POST'), PATCH: call('PATCH'), PUT: call('PUT'), DELETE: call('DELETE') }
}
