/**
 * Stands before the project's Worker in the soak, in its isolate, and makes what the platform does now and then. What it
 * stands before is the Worker as it is deployed: it reaches databases and objects through the runtime's prototypes.
 *
 * - `faults`: this share of the round trips to D1 fails with a passing error, half of them after D1 has done the work;
 * - `evict`: ends an object's instance in the midst of what it does;
 * - `waiting`: what waits in these objects, by their tables;
 * - `ids`: the ids of these objects, by which their databases are named;
 * - `events`: how many sync events there are;
 * - `cron`: one tick.
 */
type Fetch = (request: Request, env: Env, ctx: ExecutionContext) => Promise<Response>
type Scheduled = (controller: ScheduledController, env: Env, ctx: ExecutionContext) => Promise<void>
type ObjectClass = new (state: DurableObjectState, env: Env) => object
type Method = (this: unknown, ...args: unknown[]) => unknown

/** What waits in an object. */
export interface Waiting {
  /** Webhooks whose posts were not fetched yet, without those that are planned for later. */
  webhooks: number
  /** Runs that have not ended. */
  runs: number
  /** Commands for the next poll. */
  commands: number
  /** Live connections. */
  sockets: number
}

const EVICTED = 'evicted by the soak'
const LOST = 'D1_ERROR: Network connection lost.'
const faults = { d1: 0 }

const prototypeOf = (value: unknown) => Object.getPrototypeOf(value) as object

function failD1(env: Env): void {
  const target = prototypeOf(env.DB.withSession())
  const original = Reflect.get(target, '_send') as Method & { isFailing?: true }
  if (original.isFailing) return
  const failing: Method = async function (this: unknown, ...args) {
    const chance = Math.random()
    if (chance < faults.d1 / 2) throw new Error(LOST)
    const answer = await original.apply(this, args)
    if (chance < faults.d1) throw new Error(LOST)
    return answer
  }
  Reflect.set(target, '_send', Object.assign(failing, { isFailing: true }))
}

const COUNT_WAITING = `SELECT
  (SELECT count(*) FROM inbox WHERE due_at IS NOT NULL AND event <> 'reminder') AS webhooks,
  (SELECT count(*) FROM runs WHERE status IN ('queued', 'running')) AS runs,
  (SELECT count(*) FROM commands) AS commands`

function countWaiting(state: DurableObjectState): Waiting {
  const hasTables = state.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'commands'").toArray().length > 0
  const sockets = state.getWebSockets().length
  if (!hasTables) return { webhooks: 0, runs: 0, commands: 0, sockets }
  const row = state.storage.sql.exec<Record<'webhooks' | 'runs' | 'commands', number>>(COUNT_WAITING).one()
  return { ...row, sockets }
}

function soakObject(Plain: ObjectClass): ObjectClass {
  return class Soaked extends Plain {
    readonly #state: DurableObjectState

    constructor(state: DurableObjectState, env: Env) {
      failD1(env)
      super(state, env)
      this.#state = state
    }

    evict(): void {
      this.#state.abort(EVICTED)
    }

    waiting(): Waiting {
      return countWaiting(this.#state)
    }
  }
}

interface Driven {
  evict(): Promise<void>
  waiting(): Promise<Waiting>
}
type Body = { siteIds: string[]; d1: number }
type Handler = (body: Body, env: Env, ctx: ExecutionContext) => unknown

const objectOf = (env: Env, siteId: string) => env.SITE_SYNC.getByName(siteId) as unknown as Driven

const drives = (scheduled: Scheduled): Record<string, Handler> => ({
  '/dev/soak/faults': ({ d1 }) => Object.assign(faults, { d1 }),
  '/dev/soak/evict': async ({ siteIds }, env) => {
    for (const siteId of siteIds)
      await objectOf(env, siteId)
        .evict()
        .catch(() => null)
  },
  '/dev/soak/waiting': ({ siteIds }, env) =>
    Promise.all(
      siteIds.map((siteId) =>
        objectOf(env, siteId)
          .waiting()
          .catch(() => null),
      ),
    ),
  '/dev/soak/ids': ({ siteIds }, env) => siteIds.map((siteId) => env.SITE_SYNC.idFromName(siteId).toString()),
  '/dev/soak/events': (_body, env) => env.EVENTS.prepare('SELECT count(*) AS n FROM sync_events').first<number>('n'),
  '/dev/soak/cron': async (_body, env, ctx) => {
    const controller = { cron: '* * * * *', scheduledTime: Date.now(), noRetry: () => undefined }
    await scheduled(controller as ScheduledController, env, ctx)
  },
})

/** A rate limit would be a row of a database here; on the platform it is a counter in memory. */
const unlimited = { limit: () => Promise.resolve({ success: true }) }
const UNLIMITED: Record<string, unknown> = {
  THROTTLE_INTEGRATION: unlimited,
  THROTTLE_ACCOUNT: unlimited,
  THROTTLE_ANONYMOUS: unlimited,
  THROTTLE_UNVERIFIED: unlimited,
  THROTTLE_UNVERIFIED_ACCOUNT: unlimited,
}

/** Errors of objects that were ended here, marked as the platform marks those of objects that it ends. */
const marking = <Stub extends object>(stub: Stub): Stub =>
  new Proxy(stub, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        try {
          return await (Reflect.apply(member as Method, target, args) as Promise<unknown>)
        } catch (cause) {
          if (cause instanceof Error && cause.message.includes(EVICTED)) Object.assign(cause, { retryable: true })
          throw cause
        }
      }
    },
  })

const withMarks = (objects: Env['SITE_SYNC']) => ({
  getByName: (name: string) => marking(objects.getByName(name)),
  idFromName: (name: string) => objects.idFromName(name),
})

const known = new WeakMap<object, Env>()

/** Each binding as the platform has it; the same object each time, since the Worker remembers by it. */
function asOnThePlatform(env: Env): Env {
  const made: Env = known.get(env) ?? Object.assign({ ...env }, UNLIMITED, { SITE_SYNC: withMarks(env.SITE_SYNC) })
  known.set(env, made)
  return made
}

async function drive(handler: Handler, request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  try {
    const text = await request.text()
    return Response.json((await handler(JSON.parse(text || '{}') as Body, env, ctx)) ?? null)
  } catch (error) {
    return Response.json({ error: String(error) }, { status: 500 })
  }
}

/** The Worker with what the soak drives it by. */
export function soak(app: { fetch: Fetch; scheduled: Scheduled }, SiteSync: ObjectClass) {
  const handlers = drives(app.scheduled)
  const fetch: Fetch = (request, env, ctx) => {
    const handler = handlers[new URL(request.url).pathname]
    if (handler) return drive(handler, request, asOnThePlatform(env), ctx)
    failD1(env)
    return app.fetch(request, asOnThePlatform(env), ctx)
  }
  return { SiteSync: soakObject(SiteSync), default: { fetch, scheduled: app.scheduled } }
}
