import { env } from 'cloudflare:workers'

export interface ExplainedStatement {
  sql: string
  plan: string[]
}

const EXECUTES: ReadonlySet<PropertyKey> = new Set(['all', 'first', 'raw', 'run'])
const MAKES: ReadonlySet<PropertyKey> = new Set(['withSession', 'bind'])

/** A database that notes each statement and how SQLite goes about it. */
export function explainedD1(name: 'DB' | 'EVENTS') {
  const binding = env[name]
  const statements: ExplainedStatement[] = []
  const originals = new WeakMap<object, { target: D1PreparedStatement; sql: string; values: unknown[] }>()
  const explain = async (sql: string, values: unknown[]) => {
    const explained = binding.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind(...values)
    const { results } = await explained.all<{ detail: string }>()
    statements.push({ sql, plan: results.map(({ detail }) => detail) })
  }
  const wrap = (target: object, sql = '', values: unknown[] = []): object => {
    const wrapped = new Proxy(target, {
      get: (_target, member) => {
        const value = Reflect.get(target, member) as unknown
        if (typeof value !== 'function') return value
        const invoke = (args: unknown[]) => Reflect.apply(value as () => unknown, target, args) as object
        if (member === 'prepare') return (text: string) => wrap(invoke([text]), text)
        if (MAKES.has(member)) return (...args: unknown[]) => wrap(invoke(args), sql, member === 'bind' ? args : values)
        if (member === 'batch')
          return async (batch: object[]) => {
            const known = batch.map((each) => originals.get(each))
            for (const each of known) if (each) await explain(each.sql, each.values)
            return invoke([known.map((each, index) => each?.target ?? batch[index])])
          }
        if (!EXECUTES.has(member)) return (...args: unknown[]) => invoke(args)
        return async (...args: unknown[]) => {
          await explain(sql, values)
          return invoke(args)
        }
      },
    })
    originals.set(wrapped, { target: target as D1PreparedStatement, sql, values })
    return wrapped
  }
  return { database: wrap(binding) as D1Database, statements }
}
