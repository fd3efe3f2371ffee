import { env } from 'cloudflare:workers'
import { onTestFinished, vi } from 'vitest'

/** What D1 says when the connection to the object that holds the database breaks. */
const LOST = 'D1_ERROR: Network connection lost.'

interface Fault {
  /** Whether an execution fails; they count from 1. */
  fails: (execution: number) => boolean
  /** `after`: it was executed, and its answer is lost. */
  when?: 'before' | 'after'
  message?: string
  /** Which databases fail; executions of all of them count. */
  databases?: ('DB' | 'EVENTS')[]
}

const EXECUTES: ReadonlySet<PropertyKey> = new Set(['all', 'first', 'raw', 'run', 'batch'])
const MAKES: ReadonlySet<PropertyKey> = new Set(['withSession', 'prepare', 'bind'])

/** The databases with faults of the platform. A statement of the real one is unwrapped where the real one wants it. */
export function failingD1({ fails, when = 'before', message = LOST, databases = ['DB', 'EVENTS'] }: Fault) {
  const seen = { executions: 0 }
  const originals = new WeakMap<object, object>()
  const execute = async (run: () => unknown) => {
    const isFault = fails(++seen.executions)
    if (isFault && when === 'before') throw new Error(message)
    const answer = await run()
    if (isFault) throw new Error(message)
    return answer
  }
  const wrap = (target: object): object => {
    const wrapped = new Proxy(target, {
      get: (_target, name) => {
        const member = Reflect.get(target, name) as unknown
        if (typeof member !== 'function') return member
        const invoke = (args: unknown[]) => Reflect.apply(member as () => unknown, target, args)
        if (MAKES.has(name)) return (...args: unknown[]) => wrap(invoke(args) as object)
        if (!EXECUTES.has(name)) return (...args: unknown[]) => invoke(args)
        return (...args: unknown[]) =>
          execute(() =>
            invoke(name === 'batch' ? [(args[0] as object[]).map((each) => originals.get(each) ?? each)] : args),
          )
      },
    })
    originals.set(wrapped, target)
    return wrapped
  }
  const bindings = Object.fromEntries(databases.map((name) => [name, wrap(env[name])]))
  return { seen, bindings: bindings as Partial<Record<(typeof databases)[number], D1Database>> }
}

/**
 * Lets every statement of the event database fail until the test ends, in the Worker and in the objects.
 * @returns what makes it well before
 */
export function breakEvents(message: string): () => void {
  const fault = () => Promise.reject(new Error(message))
  const statement = { bind: () => statement, all: fault, run: fault, raw: fault, first: fault }
  const session = { prepare: () => statement, batch: fault, getBookmark: () => null }
  const spy = vi.spyOn(env.EVENTS, 'withSession').mockReturnValue(session)
  const mend = () => {
    spy.mockRestore()
  }
  onTestFinished(mend)
  return mend
}
