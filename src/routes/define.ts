import type * as z from 'zod'
import type { ErrorCode } from '../contract/errors.ts'
import type { Role } from '../contract/people.ts'
import type { Scope } from '../contract/sites.ts'
import type { Actor, Context, KnownActor } from '../services/context.ts'

/**
 * Who may call a route: `public`, anybody; `optional`, anybody, with credentials considered where sent; `person`, a
 * person of at least this role; `member`, likewise, or an API key with this scope; `api_key`, such a key alone.
 */
export type Access =
  | { kind: 'public' }
  | { kind: 'optional' }
  | { kind: 'person'; role: Role }
  | { kind: 'member'; role: Role; scope: Scope }
  | { kind: 'api_key'; scope: Scope }

type ActorOf<A extends Access> = A extends { kind: 'public' | 'optional' }
  ? Actor
  : A extends { kind: 'api_key' }
    ? Extract<Actor, { kind: 'api_key' }>
    : KnownActor

export interface Reply {
  status: number
  /** Absent for 204. */
  body?: unknown
  /** The body's very bytes, where they are signed; `body` then describes them. */
  text?: string
  headers?: Record<string, string | string[]>
  /** Instead of a body: an answer that is no JSON polling, as of a WebSocket. */
  response?: Response
}

export interface RouteCall<A extends Access, P, Q, B> {
  ctx: Context<ActorOf<A>>
  params: P
  query: Q
  body: B
  /** The request itself, for what is no plain JSON polling; its body is already read. */
  request: Request
  /** The body as it came, for what is signed. */
  rawBody: () => Promise<string>
}

type Infer<T> = T extends z.ZodType ? z.infer<T> : undefined

export interface RouteDefinition<A extends Access, P, Q, B> {
  method: 'get' | 'post' | 'patch' | 'put' | 'delete'
  /** Hono's notation, without a trailing slash: `/api/v1/sites/:site_id`. */
  path: string
  operationId: string
  tag: string
  summary: string
  description?: string
  access: A
  /** Counter that the call is charged to; `integration` per actor, `anonymous` per address. */
  throttle: 'integration' | 'anonymous' | 'none'
  params?: P
  query?: Q
  body?: B
  /** Schema of the body by status; null where there is none. */
  responses: Record<number, { description: string; schema: z.ZodType | null }>
  /** Codes that this route adds to those that its access, input and method imply. */
  errors?: readonly ErrorCode[]
  handle(call: RouteCall<A, Infer<P>, Infer<Q>, Infer<B>>): Promise<Reply>
}

/** A route with its types erased, as the app, the document and the tests see it. */
export type Route = RouteDefinition<Access, z.ZodType | undefined, z.ZodType | undefined, z.ZodType | undefined>

/** Declares a route: registration, validation, OpenAPI and the security matrix are all made from it. */
export function defineRoute<
  const A extends Access,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(route: RouteDefinition<A, P, Q, B>): Route {
  // each call is validated against the same schemas before it is handed to the handler
  return route
}

export const ok = (body: unknown): Reply => ({ status: 200, body })
export const created = (body: unknown): Reply => ({ status: 201, body })
export const accepted = (body: unknown): Reply => ({ status: 202, body })
export const noContent = (): Reply => ({ status: 204 })
