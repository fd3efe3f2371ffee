/** An answer of the API that is an error; the message says what is wrong and what to do. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  constructor(
    request: string,
    status: number,
    problem: { code?: string; title?: string; detail?: string; fix?: string },
  ) {
    super(`${request} answered ${status}: ${[problem.detail ?? problem.title, problem.fix].filter(Boolean).join(' ')}`)
    this.name = 'ApiError'
    this.status = status
    this.code = problem.code ?? ''
  }
}

export type Client = {
  get: <T>(path: string) => Promise<T>
  post: <T>(path: string, body: object) => Promise<T>
  patch: <T>(path: string, body: object) => Promise<T>
  delete: (path: string) => Promise<void>
}

/** A client of the API at `url`; `token` is a session's or an API key. Answers are taken to be what the caller says. */
export function createClient(url: string, token?: string): Client {
  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new ApiError(`${method} ${path}`, answer.status, parseProblem(text))
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    patch: (path, body) => call('PATCH', path, body),
    delete: (path) => call('DELETE', path),
  }
}

function parseProblem(text: string): ConstructorParameters<typeof ApiError>[2] {
  try {
    return JSON.parse(text) as ConstructorParameters<typeof ApiError>[2]
  } catch {
    return { detail: text.slice(0, 200) }
  }
}
