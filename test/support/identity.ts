import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { hashPassword } from 'better-auth/crypto'
import { expect } from 'vitest'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Role } from '../../src/contract/people.ts'
import { db } from '../../src/db/client.ts'
import { openByName } from '../../src/db/databases.ts'
import { openEventShards } from '../../src/db/events/shards.ts'
import { accounts, memberships, sessions, userCredentials, users } from '../../src/db/schema/index.ts'
import { createId } from '../../src/lib/ids.ts'
import { createApiKeyStore } from '../../src/services/api-keys/store.ts'
import { appendAudit } from '../../src/services/audit/index.ts'
import type { Actor, ServiceContext } from '../../src/services/context.ts'
import { signSessionToken } from '../../src/services/people/credentials.ts'

const app = createApp()

// loads some 200 modules, which would count against the first test's timeout
await import('../../src/services/people/library.ts')

/** A response of the API: status, headers and the parsed body, null if it is empty. */
export interface Answer {
  status: number
  headers: Headers
  // oxlint-disable-next-line no-explicit-any -- tests look into bodies of every shape
  body: any
}

interface CallOptions {
  token?: string | undefined
  cookie?: string
  body?: unknown
  /** A body of lines, as it is. */
  lines?: string | Uint8Array<ArrayBuffer>
  headers?: Record<string, string>
  bindings?: Partial<Env>
}

/** The value of a body of JSON; of a body of lines, an array. */
export function parse(text: string, { headers }: Response): unknown {
  const isLines = headers.get('content-type') === 'application/x-ndjson'
  return JSON.parse(isLines ? `[${text.trim().replaceAll('\n', ',')}]` : text)
}

/** Sends one request to the app, and waits for its background work. */
export async function call(request: string, options: CallOptions = {}): Promise<Answer> {
  const [method = 'GET', path = ''] = request.split(' ')
  const headers = new Headers(options.headers)
  if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`)
  if (options.cookie !== undefined) headers.set('cookie', options.cookie)
  if (options.body !== undefined) headers.set('content-type', 'application/json')
  if (options.lines !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/x-ndjson')
  const body = options.lines ?? (options.body === undefined ? undefined : JSON.stringify(options.body))
  const init = { method, headers, ...(body !== undefined && { body }) }
  const execution = createExecutionContext()
  const response = await app.fetch(
    new Request(`http://api.test${path}`, init),
    { ...env, ...options.bindings },
    execution,
  )
  // also reads what is streamed to its end
  const text = await response.text()
  await waitOnExecutionContext(execution)
  return { status: response.status, headers: response.headers, body: text === '' ? null : parse(text, response) }
}

/** Status and code of a refusal. */
export const refusal = (answer: Answer | undefined) => [answer?.status, answer?.body.code]

/** A refusal's body without its request id. */
export const withoutRequestId = (answer: Answer | undefined) => ({ ...answer?.body, request_id: '' })

/** A signed-in person and the account that they own. */
export interface Person {
  token: string
  cookie: string
  email: string
  userId: string
  accountId: string
}

let people = 0

interface Row {
  userId: string
  accountId: string
  name: string
  email: string
  sessionToken: string
  createdAt: Date
}

/** The password of everybody whom `signUpPerson` makes. */
export const PASSWORD = 'correct horse battery'
let passwordHash: Promise<string> | undefined

const SESSION_MS = 30 * 86_400_000

/** The rows of a person who has signed up and verified their address: themselves, their password, their session and their account. */
function rowsOf({ db: d1 }: ServiceContext<Actor>, row: Row, password: string) {
  const { userId, accountId, name, email, sessionToken, createdAt } = row
  const times = { createdAt, updatedAt: createdAt }
  const expiresAt = new Date(createdAt.getTime() + SESSION_MS)
  const credential = { id: crypto.randomUUID(), accountId: userId, providerId: 'credential', userId, password }
  return [
    d1.insert(users).values({ id: userId, name, email, emailVerified: true, ...times }),
    d1.insert(userCredentials).values({ ...credential, ...times }),
    d1.insert(sessions).values({ id: createId('ses'), token: sessionToken, userId, expiresAt, ...times }),
    d1.insert(accounts).values({ id: accountId, name: `${name}’s account`, createdAt }),
    d1.insert(memberships).values({ accountId, userId, role: 'owner', createdAt }),
  ] as const
}

/**
 * Makes a person with an account and a session, as a sign-up leaves them. Hashing a password is slow on purpose, and
 * tests need hundreds of people, so all have one hash; sign-up itself is tested in test/routes/auth.test.ts.
 */
export async function signUpPerson(name = 'Ada'): Promise<Person> {
  const email = `person-${++people}-${crypto.randomUUID().slice(0, 8)}@example.com`
  const [userId, accountId, sessionToken] = [createId('usr'), createId('acc'), crypto.randomUUID()]
  const row = { userId, accountId, name, email, sessionToken, createdAt: new Date() }
  const ctx = createTestContext<Actor>({ kind: 'user', userId, accountId, role: 'owner' })
  passwordHash ??= hashPassword(PASSWORD)
  await appendAudit({
    ctx,
    input: {
      entry: { action: 'account.created', entityId: accountId },
      changes: rowsOf(ctx, row, await passwordHash),
    },
  })
  const token = await signSessionToken(ctx.config.sessionSecret, sessionToken)
  return { token, cookie: `igny8.session_token=${encodeURIComponent(token)}`, email, userId, accountId }
}

/** Adds a new person to the owner's account. Their requests choose it with `X-Account-Id`. */
export async function addMember(owner: Person, role: Role): Promise<Person> {
  const person = await signUpPerson(role)
  const createdAt = new Date()
  await db(env, null)
    .db.insert(memberships)
    .values({ accountId: owner.accountId, userId: person.userId, role, createdAt })
  return person
}

/** The header with which a person acts in an account. */
export const inAccount = ({ accountId }: Person) => ({ 'x-account-id': accountId })

/** Creates a site in the person's account. @returns its id */
export async function createTestSite({ token }: Person, url = 'https://example.com'): Promise<string> {
  const answer = await call('POST /api/v1/sites/', { token, body: { name: 'Example', url } })
  expect(refusal(answer)).toEqual([201, undefined])
  return answer.body.id
}

/** Creates a key of the site. @returns its id and the whole key */
export async function createTestKey(
  { token }: Person,
  siteId: string,
  body: Record<string, unknown> = {},
): Promise<{ id: string; key: string }> {
  const answer = await call(`POST /api/v1/sites/${siteId}/api-keys/`, { token, body })
  expect(answer.status).toBe(201)
  return answer.body
}

/** The context of a request, with a test's overrides. */
export function createTestContext<A extends Actor>(
  actor: A,
  overrides: Partial<ServiceContext<A>> = {},
): ServiceContext<A> {
  const control = db(env, null).db
  return {
    db: control,
    events: openEventShards(env, control),
    databases: openByName(env),
    queriesLeft: () => 1_000,
    actor,
    requestId: createId('req'),
    now: Date.now,
    newId: createId,
    config: readConfig(env),
    apiKeys: createApiKeyStore(env.API_KEYS),
    background: (work) => void work,
    chargeUnverified: async () => undefined,
    site: (siteId) => env.SITE_SYNC.getByName(siteId),
    ...overrides,
  }
}
