import type * as z from 'zod'
import type { AuditAction } from '../contract/audit.ts'
import type { ErrorCode } from '../contract/errors.ts'
import type { Access } from '../middleware/authorize.ts'
import type { Throttle } from '../middleware/throttle.ts'
import type { Actor, ApiKeyActor, KnownActor, OperatorActor, ServiceContext } from '../services/context.ts'

type ActorOf<A extends Access> = A extends { kind: 'public' | 'optional' }
  ? Actor
  : A extends { kind: 'api_key' }
    ? ApiKeyActor
    : A extends { kind: 'operator' | 'platform' }
      ? OperatorActor
      : KnownActor

export interface Reply {
  status: number
  /** Absent for 204. */
  body?: unknown
  /** The exact text of a body that is signed; `body` is the same value, for the check against the schema. */
  text?: string
  headers?: Record<string, string | string[]>
  /** The whole response, in place of `body`: the 101 of a WebSocket. */
  response?: Response
}

export interface RouteCall<A extends Access, P, Q, B> {
  ctx: ServiceContext<ActorOf<A>>
  params: P
  query: Q
  body: B
  /** For headers and WebSockets; its body is already read. */
  request: Request
  /** The body's exact text, over which a signature is computed. */
  rawBody: () => Promise<string>
  /** The bytes of an upload. */
  bytes: () => Promise<ArrayBuffer>
}

/**
 * What a route writes to the audit log when it succeeds: an action, one of several, or nothing, and why. Outside production
 * a handler that records anything else fails (mount.ts), so every test of a route also tests this.
 */
export type Records =
  | AuditAction
  | { oneOf: readonly AuditAction[]; /** When it records nothing. */ unless?: string }
  | { nothing: string }

/** A route that changes something says what it records. */
type Recording =
  | { method: 'get'; records?: Records }
  | { method: 'post' | 'patch' | 'put' | 'delete'; records: Records }

type Infer<T> = T extends z.ZodType ? z.infer<T> : undefined

export interface RouteDefinition<A extends Access, P, Q, B> {
  method: 'get' | 'post' | 'patch' | 'put' | 'delete'
  records?: Records
  /** Hono's notation, without a trailing slash: `/api/v1/sites/:site_id`. */
  path: string
  operationId: string
  tag: string
  summary: string
  description?: string
  access: A
  throttle: Throttle
  params?: P
  query?: Q
  body?: B
  /** The body is lines of JSON (`application/x-ndjson`), which the service reads: a part of a file. */
  upload?: true
  /**
   * For answers that are too large to keep for a repeat with the same Idempotency-Key: what `id` in the first answer names,
   * as it is now.
   */
  answerAgain?: (call: { ctx: ServiceContext<ActorOf<A>>; params: Infer<P>; id: string }) => Promise<unknown>
  /** Schema of the body by status, null for an empty body; `otherTypes` are further forms of the same answer. */
  responses: Record<
    number,
    { description: string; schema: z.ZodType | null; contentType?: string; otherTypes?: Record<string, z.ZodType> }
  >
  /** The answer is streamed or personal, and not kept for repeats: an Idempotency-Key has no effect. */
  withoutIdempotency?: true
  /**
   * A poll's ticket (services/api-keys/ticket.ts) spares the question whose key the request carries. For routes alone whose
   * handler does nothing but call the site's object, which checks the key itself.
   */
  takesTicket?: true
  /** Codes that this route adds to those that its access, input and method imply. */
  errors?: readonly ErrorCode[]
  handle(call: RouteCall<A, Infer<P>, Infer<Q>, Infer<B>>): Promise<Reply>
}

/** A route without its type parameters, as `mountRoutes`, the OpenAPI document and the tests use it. */
export type Route = RouteDefinition<Access, z.ZodType | undefined, z.ZodType | undefined, z.ZodType | undefined>

/** Declares a route. Registration, validation, the OpenAPI document and the security tests are all made from it. */
export function defineRoute<
  const A extends Access,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(route: RouteDefinition<A, P, Q, B> & Recording): Route {
  // safe: `mountRoutes` validates each call against these schemas before it calls `handle`
  const declared: RouteDefinition<A, P, Q, B> = route
  return declared
}

/** The last sentence of the description of a route with `fresh` access. */
export const NEEDS_RECENT = 'Needs a sign-in, or the password sent to `me/confirm`, of the last 15 minutes.'

export const ok = (body: unknown): Reply => ({ status: 200, body })
export const created = (body: unknown): Reply => ({ status: 201, body })
export const accepted = (body: unknown): Reply => ({ status: 202, body })
export const noContent = (): Reply => ({ status: 204 })
