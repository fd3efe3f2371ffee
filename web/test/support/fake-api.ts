import { vi } from 'vitest'
import { sampleProfile } from './samples.ts'

interface Call {
  method: string
  path: string
  query: URLSearchParams
  body: unknown
}
interface Reply {
  status?: number
  body?: unknown
  /** A body that is not one JSON value. */
  text?: string
  headers?: Record<string, string>
}
type Answer = Reply | ((call: Call) => Reply | Promise<Reply>)

/** Answers by `METHOD /path`. An array is used call by call; its last entry repeats. */
export type Answers = Record<string, Answer | Answer[]>

export interface FakeApi {
  calls: Call[]
  /** Calls of one route in order. */
  callsOf: (route: string) => Call[]
  /** Replaces or adds answers. */
  answer: (more: Answers) => void
}

const NOT_MOCKED = 501

export const problem = (status: number, code: string, detail = 'Refused.', extra: object = {}) => ({
  status,
  body: {
    type: `/docs/errors#${code}`,
    title: code,
    status,
    detail,
    code,
    fix: 'Do it right.',
    request_id: 'req_1',
    ...extra,
  },
})

/** What every page asks for, of a person with nothing unusual. */
const ON_EVERY_PAGE: Answers = {
  'GET /api/v1/deletions': { body: { account: null, person: null } },
  'GET /api/v1/me': { body: sampleProfile() },
}

/**
 * A fake API for component tests. It records all calls; a route without an answer is answered with 501. test/e2e runs
 * against the real API.
 */
export function fakeApi(answers: Answers): FakeApi {
  const known: Answers = { ...ON_EVERY_PAGE, ...answers }
  const calls: Call[] = []
  const turns = new Map<string, number>()
  const callsOf = (route: string) => calls.filter(({ method, path }) => `${method} ${path}` === route)
  vi.stubGlobal('fetch', async (request: Request) => {
    const url = new URL(request.url)
    const route = `${request.method} ${url.pathname}`
    const text = await request.text()
    const call = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      body: text ? JSON.parse(text) : undefined,
    }
    calls.push(call)
    const found = known[route]
    const missing: Reply = problem(NOT_MOCKED, 'not_mocked', route)
    const turn = turns.get(route) ?? 0
    turns.set(route, turn + 1)
    const answer = Array.isArray(found) ? (found[turn] ?? found.at(-1)) : found
    const {
      status = 200,
      body,
      text: lines,
      headers,
    } = (typeof answer === 'function' ? await answer(call) : answer) ?? missing
    if (lines !== undefined) return new Response(lines, { status })
    return body === undefined
      ? new Response(null, { status: 204 })
      : Response.json(body, { status, ...(headers && { headers }) })
  })
  return {
    calls,
    callsOf,
    answer: (more) => {
      Object.assign(known, more)
      for (const route of Object.keys(more)) turns.delete(route)
    },
  }
}
