import { createExecutionContext, createScheduledController, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq, sql } from 'drizzle-orm'
import { expect } from 'vitest'
import type { Connection } from '../../src/contract/health.ts'
import { readConfig } from '../../src/config.ts'
import { notify } from '../../src/cron/notifications.ts'
import { connectionWatch, integrations, notificationEndpoints, sites } from '../../src/db/schema/index.ts'
import { flushOutbox } from '../../src/db/events/outbox.ts'
import { notificationDeliveries, notificationMessages } from '../../src/db/events/schema.ts'
import { openEventShards } from '../../src/db/events/shards.ts'
import worker from '../../src/index.ts'
import { createId } from '../../src/lib/ids.ts'
import { verifyMessage } from '../../src/lib/signature.ts'
import type { Person } from './identity.ts'
import { d1, eventsD1 } from './integration.ts'
import { call } from './openapi.ts'
import { startModelServer, type SeenRequest } from './plugin.ts'

export const NOTIFICATIONS = '/api/v1/notifications'
export const ENDPOINTS = `${NOTIFICATIONS}/endpoints`
export const DELIVERIES = `${NOTIFICATIONS}/deliveries`

export const EMAIL = {
  EMAIL_API_URL: 'https://email.example.com/emails',
  EMAIL_API_KEY: 're_test_0123456789',
  EMAIL_FROM: 'IGNY8 <igny8@example.com>',
}
/** Bindings of a Worker that can send e-mail. */
export const withEmail = EMAIL as unknown as Partial<Env>

let servers = 0

/** A server of the model internet that records the webhooks or e-mails it gets. */
export class Receiver {
  readonly url: string
  readonly requests: SeenRequest[] = []
  /** Its response. A rejected promise breaks the connection. */
  respond: (seen: SeenRequest) => Promise<Response> | Response = () => new Response('ok')

  constructor(url = `https://hooks-${++servers}.example.com/igny8`) {
    this.url = url
    startModelServer(new URL(url).origin, async (seen) => {
      this.requests.push(seen)
      return this.respond(seen)
    })
  }

  /** The received bodies, parsed. */
  get messages() {
    return this.requests.map(({ body }) => JSON.parse(body))
  }

  /** The values of one header, in order. */
  header(name: string): (string | null)[] {
    return this.requests.map(({ headers }) => headers.get(name))
  }
}

/** Creates an endpoint at a receiver. @returns its id, secret and path */
export async function addEndpoint(owner: Person, receiver: Receiver) {
  const { status, body } = await call(`POST ${ENDPOINTS}/`, { token: owner.token, body: { url: receiver.url } })
  expect(status).toBe(201)
  return { id: body.id as string, secret: body.secret as string, path: `${ENDPOINTS}/${body.id}` }
}

/** Whether a request is signed with this secret, checked as a receiver does. */
export const isSignedBy = async ({ headers, body }: SeenRequest, ...secrets: string[]) =>
  (await verifyMessage({ headers, body, secrets, nowS: Math.floor(Date.now() / 1000) })).ok

/** A site with a `ready` integration, without a WordPress. */
export async function addIntegration(owner: Person, name = 'Shop', connection: Connection = 'ready') {
  const at = new Date()
  const { accountId } = owner
  const [siteId, id] = [createId('site'), createId('int')]
  const url = 'https://shop.example.com'
  await d1().insert(sites).values({ id: siteId, accountId, name, url, createdAt: at, updatedAt: at })
  await d1().insert(integrations).values({
    id,
    accountId,
    siteId,
    connection,
    siteUrl: url,
    platform: 'wordpress',
    config: {},
    typeSettings: {},
    createdAt: at,
    updatedAt: at,
  })
  return { id, siteId }
}

/** Changes the state of a connection in D1. */
export const setConnection = (id: string, connection: Connection, reason: string | null = null) =>
  d1()
    .update(integrations)
    .set({ connection, connectionReason: reason, connectionSince: new Date() })
    .where(eq(integrations.id, id))

export const watchOf = async (id: string) =>
  (await d1().select().from(connectionWatch).where(eq(connectionWatch.integrationId, id)))[0]

/** Lets time pass for notifications, by moving all their timestamps back. */
export async function pass({ minutes }: { minutes: number }): Promise<void> {
  const ms = minutes * 60_000
  const back = (table: string, columns: string[], database = d1()) =>
    database.run(sql.raw(`UPDATE ${table} SET ${columns.map((name) => `${name} = ${name} - ${ms}`).join(', ')}`))
  await back('connection_watch', ['changed_at', 'due_at', 'window_at'])
  await back('notification_messages', ['created_at'], eventsD1())
  await back('notification_deliveries', ['created_at', 'next_attempt_at', 'expires_at', 'finished_at'], eventsD1())
  await back('outbox', ['created_at'])
  await back('integrations', ['request_told_at'])
  await d1().run(
    sql`UPDATE accounts SET notified_at = (SELECT json_group_array(value - ${ms}) FROM json_each(notified_at))
      WHERE notified_at IS NOT NULL`,
  )
  await back('notification_endpoints', ['failing_since', 'failing_told_at', 'previous_secret_until'])
}

/** Runs one tick of the cron. */
export async function tick(bindings: Partial<Env> = {}): Promise<void> {
  const controller = createScheduledController({ scheduledTime: new Date(Date.now()), cron: '* * * * *' })
  const execution = createExecutionContext()
  await worker.scheduled(controller, { ...env, ...bindings })
  await waitOnExecutionContext(execution)
}

/** Runs the notifications of a tick. @returns its counts */
export const notifyNow = (bindings: Partial<Env> = {}, db = d1()) =>
  notify(
    {
      db,
      events: openEventShards({ ...env, ...bindings }, db),
      config: readConfig({ ...env, ...bindings }),
      now: Date.now,
      newId: createId,
    },
    Date.now(),
  )

/** Passes on what waits for the event databases, as each tick does. */
export const passOn = (bindings: Partial<Env> = {}) =>
  flushOutbox({ db: d1(), events: openEventShards({ ...env, ...bindings }, d1()), pages: 10 })

/** Creates a failed delivery, to an endpoint or to the person by e-mail. @returns its id */
export async function addDelivery({ accountId, userId }: Person, endpointId?: string): Promise<string> {
  const at = new Date()
  const [id, messageId] = [createId('dlv'), createId('msg')]
  const body = JSON.stringify({
    type: 'connection.changed',
    timestamp: at.toISOString(),
    data: { changes: [], more: 0 },
  })
  await eventsD1().insert(notificationMessages).values({
    id: messageId,
    accountId,
    type: 'connection.changed',
    summary: 'Nothing',
    changes: 0,
    body,
    createdAt: at,
  })
  await eventsD1()
    .insert(notificationDeliveries)
    .values({
      ...(endpointId === undefined
        ? { channel: 'email', userId, errorCode: 'email_refused' }
        : { channel: 'webhook', endpointId, errorCode: 'refused' }),
      id,
      accountId,
      messageId,
      status: 'failed',
      createdAt: at,
      expiresAt: at,
      finishedAt: at,
    })
  return id
}

export const readEndpoint = async (id: string) =>
  (await d1().select().from(notificationEndpoints).where(eq(notificationEndpoints.id, id)))[0]

/** The account's deliveries as the API shows them, oldest first. */
export async function deliveriesOf(owner: Person) {
  const { body } = await call(`GET ${DELIVERIES}/?limit=200`, { token: owner.token })
  return body.results.toReversed()
}
