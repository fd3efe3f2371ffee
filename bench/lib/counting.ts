/**
 * Stands before the project's Worker in the benches and counts what the platform bills: rows and queries of D1, reads
 * and writes of KV, requests to objects, rows of their databases, alarms, log lines. It runs in the Worker's own isolate
 * and reaches everything through the prototypes of the runtime's bindings, so the code that is measured is the bundle as
 * it is deployed.
 *
 * `GET /count` answers what was counted since it was asked last. The other paths move the clock and the objects:
 * - `clock`: the Worker's clock runs so many milliseconds ahead, and alarms are held: they fire when `alarm` is called;
 * - `alarm`: fires an object's alarm if it is due;
 * - `evict`: ends an object's instance, as seconds without a call do;
 * - `polling`: has a site served by polling;
 * - `cron`: runs one tick.
 */
import { countD1, countKv, countPoints } from './counting-databases.ts'
import { type Counted, isInObject, type Method, patch, prototypeOf, takeTold, told, where } from './counted.ts'

type Fetch = (request: Request, env: Env, ctx: ExecutionContext) => Promise<Response>
type Scheduled = (controller: ScheduledController, env: Env, ctx: ExecutionContext) => Promise<void>
type ObjectClass = new (state: DurableObjectState, env: Env) => { alarm(): Promise<void> }

/** Counts what the whole isolate does with its globals: requests to sites, sleep and log lines. */
function countGlobals(): void {
  patch(globalThis, 'fetch', (original) => {
    return function (this: unknown, ...args: unknown[]) {
      told.spans++
      if (isInObject()) told.siteRequests++
      return original.apply(globalThis, args)
    }
  })
  patch(globalThis, 'setTimeout', (original) => {
    return function (this: unknown, ...args: unknown[]) {
      // time-outs of what is awaited anyway are longer
      if (isInObject() && Number(args[1] ?? 0) <= 5_000) told.sleptMs += Number(args[1] ?? 0)
      return original.apply(globalThis, args)
    }
  })
  patch(prototypeOf(scheduler), 'wait', (original) => {
    return function (this: unknown, ...args: unknown[]) {
      if (isInObject()) {
        told.sleeps++
        told.sleptMs += Number(args[0])
      }
      return original.apply(this, args)
    }
  })
  for (const level of ['debug', 'log', 'info', 'warn', 'error']) {
    patch(console, level, () => {
      return function (this: unknown, line: unknown) {
        told.logLines++
        told.logBytes += JSON.stringify(line)?.length ?? 0
        told.messages.push(String((line as { message?: unknown })?.message ?? line))
      }
    })
  }
}

const now = Date.now.bind(Date)
const clock = { offsetMs: 0, isHeld: false }
/** Alarms that are held, by the id of their object; by the clock that was moved. */
const held = new Map<string, number>()
const owners = new WeakMap<DurableObjectStorage, string>()

/** A cursor knows its rows once it was read, which the object does at once. */
let last: { rowsRead: number; rowsWritten: number } | null = null
function takeRows(): void {
  told.rowsRead += last?.rowsRead ?? 0
  told.rowsWritten += last?.rowsWritten ?? 0
  last = null
}

function countAlarms(storage: object): void {
  patch(storage, 'setAlarm', (original) => {
    return async function (this: unknown, ...args: unknown[]) {
      told.alarmsSet++
      told.spans++
      if (clock.isHeld) held.set(owners.get(this as DurableObjectStorage) ?? '', Number(args[0]))
      else await original.call(this, Number(args[0]) - clock.offsetMs)
    }
  })
  patch(storage, 'getAlarm', (original) => {
    return async function (this: unknown) {
      const owner = owners.get(this as DurableObjectStorage) ?? ''
      return clock.isHeld ? (held.get(owner) ?? null) : original.call(this)
    }
  })
  patch(storage, 'deleteAlarm', (original) => {
    return async function (this: unknown) {
      held.delete(owners.get(this as DurableObjectStorage) ?? '')
      return original.call(this)
    }
  })
}

function countStorage(state: DurableObjectState): void {
  owners.set(state.storage, state.id.toString())
  patch(prototypeOf(state.storage.sql), 'exec', (original) => {
    return function (this: unknown, ...args: unknown[]) {
      takeRows()
      told.spans++
      last = original.apply(this, args) as typeof last
      return last
    }
  })
  countAlarms(prototypeOf(state.storage))
}

/** Calls of the object: the outermost is a request that is billed. */
function countMethods(counted: object, uncounted: object): void {
  const names = Object.getOwnPropertyNames(uncounted).filter(
    (name) =>
      !['constructor', 'alarm', 'webSocketMessage', 'webSocketClose', 'webSocketError'].includes(name) &&
      typeof Object.getOwnPropertyDescriptor(uncounted, name)?.value === 'function',
  )
  for (const name of names) {
    const original = Reflect.get(uncounted, name) as Method
    const method: Method = function (this: unknown, ...args) {
      if (isInObject()) return original.apply(this, args)
      told.objectRequests++
      told.spans += 2
      return where.run('object', () => original.apply(this, args))
    }
    Reflect.set(counted, name, method)
  }
}

function countObject(Uncounted: ObjectClass): ObjectClass {
  class Counted extends Uncounted {
    readonly #state: DurableObjectState

    constructor(state: DurableObjectState, env: Env) {
      countStorage(state)
      countD1(env)
      countKv(env.API_KEYS)
      countPoints(env)
      super(state, env)
      this.#state = state
    }

    override alarm(): Promise<void> {
      told.alarms++
      told.objectRequests++
      told.spans++
      return where.run('object', () => super.alarm())
    }

    fire(): Promise<void> {
      return this.alarm()
    }

    evict(): void {
      this.#state.abort('evicted')
    }
  }
  countMethods(Counted.prototype, Uncounted.prototype as object)
  return Counted
}

type Drive = { fire(): Promise<void>; evict(): Promise<void>; enablePolling(ref: unknown): Promise<unknown> }
type Body = { offsetMs: number; siteId: string }
type Handler = (body: Body, env: Env, ctx: ExecutionContext) => unknown

function take(): Counted {
  takeRows()
  return takeTold()
}

const objectOf = (env: Env, { siteId }: Body) => env.SITE_SYNC.getByName(siteId) as unknown as Drive

/**
 * Fires an object's held alarm if it is due. It is gone before the object starts, as the platform's is.
 * @returns when the next one is, in milliseconds since 1970
 */
async function fireIfDue(env: Env, body: Body): Promise<{ fired: boolean; next: number | null }> {
  const id = env.SITE_SYNC.idFromName(body.siteId).toString()
  const fired = (held.get(id) ?? Infinity) <= Date.now()
  if (fired) {
    held.delete(id)
    await objectOf(env, body).fire()
  }
  return { fired, next: held.get(id) ?? null }
}

const drives = (scheduled: Scheduled): Record<string, Handler> => ({
  '/count': take,
  '/count/clock': ({ offsetMs }) => Object.assign(clock, { offsetMs, isHeld: true }),
  '/count/alarm': (body, env) => fireIfDue(env, body),
  '/count/evict': (body, env) =>
    objectOf(env, body)
      .evict()
      .catch(() => null),
  '/count/polling': (body, env) => objectOf(env, body).enablePolling(body),
  '/count/cron': async (_body, env, ctx) => {
    told.workerRequests++
    told.spans++
    const controller = { cron: '* * * * *', scheduledTime: Date.now(), noRetry: () => undefined }
    await where.run('worker', () => scheduled(controller as ScheduledController, env, ctx))
  },
})

/**
 * The Worker with counters.
 * @param withLimits gives the Worker rate limits in memory, as the platform has them
 */
export function instrument(
  app: { fetch: Fetch; scheduled: Scheduled },
  SiteSync: ObjectClass,
  withLimits: (env: Env) => Env,
) {
  Date.now = () => now() + clock.offsetMs
  countGlobals()
  const handlers = drives(app.scheduled)
  const fetch = async (request: Request, env: Env, ctx: ExecutionContext): Promise<Response> => {
    const handler = handlers[new URL(request.url).pathname]
    if (handler) {
      const text = await request.text()
      const answer = await handler(JSON.parse(text || '{}') as Body, withLimits(env), ctx)
      return Response.json(answer ?? null)
    }
    countD1(env)
    countKv(env.API_KEYS)
    countPoints(env)
    told.workerRequests++
    told.spans++
    return where.run('worker', () => app.fetch(request, withLimits(env), ctx))
  }
  return { SiteSync: countObject(SiteSync), default: { fetch, scheduled: app.scheduled } }
}
