import type { Context as HonoContext } from 'hono'
import { createMiddleware } from 'hono/factory'
import { readConfig } from '../config.ts'
import { ERRORS } from '../contract/errors.ts'
import { TICKET_HEADER } from '../contract/polling.ts'
import { db } from '../db/client.ts'
import { QueryBudget } from '../db/query-budget.ts'
import type { AppEnv } from '../env.ts'
import { authenticateApiKey, createApiKeyStore } from '../services/api-keys/index.ts'
import {
  assertOriginAllowed,
  authenticateOperator,
  authenticatePerson,
  type Credentials,
  readCredentials,
} from '../services/people/index.ts'
import { equalInConstantTime, sha256Hex } from '../lib/hmac.ts'
import { type Actor, OPERATOR_ACCOUNT } from '../services/context.ts'
import { ServiceError } from '../services/errors.ts'
import { KEY_ALONE, type Access } from './authorize.ts'
import { measureQueries } from './measure.ts'
import { charge, clientNetwork } from './throttle.ts'

const UNAUTHENTICATED = 401
const OPERATOR_BEARER = /^Bearer ([\x21-\x7e]{1,200})$/i
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Requests that a foreign page could make a browser send: writes, and WebSockets, to which CORS doesn't apply. */
const isGuarded = (c: HonoContext<AppEnv>) => !SAFE_METHODS.has(c.req.method) || c.req.header('upgrade') !== undefined

/** The account of a WebSocket. Browsers can't set headers on one, so a query parameter names it. */
const accountOfUpgrade = (c: HonoContext<AppEnv>) =>
  c.req.header('upgrade') === undefined ? null : (c.req.query('account_id') ?? null)

/**
 * Reads from the primary, because a replica may lag behind a sign-in or a revocation. `provideContext` continues from
 * this session's bookmark, so the request sees at least this state.
 */
function authContext(c: HonoContext<AppEnv>) {
  const session = db(c.env, null, 'first-primary', measureQueries(c))
  c.set('dbSession', session)
  return {
    db: session.db,
    config: readConfig(c.env),
    apiKeys: createApiKeyStore(c.env.API_KEYS),
    now: Date.now,
  }
}

type Ticket = NonNullable<Parameters<typeof authenticateApiKey>[0]['input']['ticket']>

interface RouteNeeds {
  access: Access
  /** Set on routes that take tickets. */
  ticket: Ticket | undefined
}

async function identify(
  c: HonoContext<AppEnv>,
  credentials: Credentials,
  { access, ticket }: RouteNeeds,
): Promise<Actor> {
  const ctx = authContext(c)
  if (credentials.kind === 'api_key') {
    const background = (work: Promise<void>) => c.executionCtx.waitUntil(work)
    const chargeMiss = () => charge(c.env.THROTTLE_ANONYMOUS, clientNetwork(c), 'network')
    const input = { plaintext: credentials.plaintext, background, chargeMiss }
    return authenticateApiKey({ ctx, input: ticket ? { ...input, ticket } : input })
  }
  if (credentials.kind === 'session') {
    if (credentials.transport === 'cookie' && isGuarded(c)) assertOriginAllowed(ctx.config, c.req.raw.headers)
    const accountId = c.req.header('x-account-id') ?? accountOfUpgrade(c)
    const needs = access.kind === 'person' ? access : {}
    const isWrite = !SAFE_METHODS.has(c.req.method)
    return authenticatePerson({ ctx, input: { signedToken: credentials.signedToken, accountId, needs, isWrite } })
  }
  throw new ServiceError('credentials_missing', 'The Authorization header is not a single Bearer token.')
}

/**
 * Charges refused credentials to the sender's network, to limit guessing. `not_found` is what platform routes answer to
 * everybody but operators. An unknown key was charged already, by authenticateApiKey.
 */
async function chargeRefusal(c: HonoContext<AppEnv>, error: unknown): Promise<void> {
  if (!(error instanceof ServiceError) || error.code === 'api_key_unknown') return
  const isRefusal = ERRORS[error.code].status === UNAUTHENTICATED || error.code === 'not_found'
  if (isRefusal) await charge(c.env.THROTTLE_ANONYMOUS, clientNetwork(c), 'network')
}

async function findActor(c: HonoContext<AppEnv>, wanted: RouteNeeds): Promise<Actor> {
  const { access } = wanted
  const credentials = readCredentials(readConfig(c.env), c.req.raw.headers)
  if (credentials.kind === 'none') {
    if (access.kind === 'optional') return { kind: 'anonymous' }
    throw new ServiceError('credentials_missing')
  }
  if (access.kind === 'api_key' && credentials.kind === 'session')
    throw new ServiceError('credentials_missing', KEY_ALONE)
  try {
    return await identify(c, credentials, wanted)
  } catch (error) {
    await chargeRefusal(c, error)
    throw error
  }
}

const OPERATOR = { kind: 'operator', accountId: OPERATOR_ACCOUNT } as const

/** Whether the request has the operator's token. Compares in constant time. */
async function showsOperatorToken(c: HonoContext<AppEnv>): Promise<boolean> {
  const { operatorToken } = readConfig(c.env)
  const shown = OPERATOR_BEARER.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
  // digests, so that not even the length of the token shows
  const [known, found] = await Promise.all([sha256Hex(operatorToken), sha256Hex(shown)])
  return operatorToken !== '' && equalInConstantTime(known, found)
}

/** Identifies the operator by the token. A wrong one is charged to the sender's network. */
async function findOperator(c: HonoContext<AppEnv>): Promise<Actor> {
  if (await showsOperatorToken(c)) return OPERATOR
  await charge(c.env.THROTTLE_ANONYMOUS, clientNetwork(c), 'network')
  throw new ServiceError('operator_token_invalid')
}

async function identifyOperator(c: HonoContext<AppEnv>, credentials: Credentials, fresh: boolean): Promise<Actor> {
  if (credentials.kind === 'api_key') throw new ServiceError('not_found')
  if (credentials.kind !== 'session') throw new ServiceError('credentials_missing')
  const ctx = authContext(c)
  if (credentials.transport === 'cookie' && isGuarded(c)) assertOriginAllowed(ctx.config, c.req.raw.headers)
  return authenticateOperator({ ctx, input: { signedToken: credentials.signedToken, fresh } })
}

/** Identifies an operator by token or session. Anybody else gets `not_found`, which is charged to their network. */
async function findPlatformActor(c: HonoContext<AppEnv>, fresh: boolean): Promise<Actor> {
  if (await showsOperatorToken(c)) return OPERATOR
  const credentials = readCredentials(readConfig(c.env), c.req.raw.headers)
  if (credentials.kind === 'none') throw new ServiceError('credentials_missing')
  try {
    return await identifyOperator(c, credentials, fresh)
  } catch (error) {
    await chargeRefusal(c, error)
    throw error
  }
}

function actorOf(c: HonoContext<AppEnv>, wanted: RouteNeeds): Promise<Actor> | Actor {
  const { access } = wanted
  if (access.kind === 'public') return { kind: 'anonymous' }
  return c.get('stopwatch').time('auth', () => {
    if (access.kind === 'operator') return findOperator(c)
    return access.kind === 'platform' ? findPlatformActor(c, access.fresh === true) : findActor(c, wanted)
  })
}

/**
 * Identifies the caller by an API key or a session (Bearer or cookie), and sets `actor`. `public` reads no credentials;
 * `optional` lets requests without credentials through, but refuses bad ones. A person in several accounts chooses one
 * with `X-Account-Id`. An API key may also be in `X-IGNY8-Key`.
 * @throws ServiceError the 401 codes of credentials; `no_account`, `user_inactive`, `two_factor_required`,
 *   `recent_sign_in_required`, `site_inactive`, `account_suspended`, `origin_not_allowed`, `operator_token_invalid`,
 *   `not_found` for `platform`; `too_many_requests` after too many bad credentials from one network
 */
export const authenticate = (access: Access, takesTicket = false) =>
  createMiddleware<AppEnv>(async (c, next) => {
    c.set('queries', new QueryBudget())
    let renewed: string | null = null
    const ticket = { sent: c.req.header(TICKET_HEADER) ?? null, renew: (fresh: string) => void (renewed = fresh) }
    c.set('actor', await actorOf(c, { access, ticket: takesTicket ? ticket : undefined }))
    await next()
    if (renewed !== null && c.res.ok) c.res.headers.set(TICKET_HEADER, renewed)
  })
