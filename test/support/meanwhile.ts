import { env } from 'cloudflare:workers'

/** Bindings with which something happens once, just before the batch of a write. */
export function beforeTheWrite(work: () => Promise<unknown>): { DB: D1Database } {
  let isDone = false
  const session = (real: D1DatabaseSession) =>
    new Proxy(real, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (name !== 'batch') return typeof value === 'function' ? value.bind(target) : value
        return async (statements: D1PreparedStatement[]) => {
          // reads have at most two, writes their audit record, too
          if (statements.length > 2 && !isDone) {
            isDone = true
            await work()
          }
          return target.batch(statements)
        }
      },
    })
  return { DB: { withSession: (from: string) => session(env.DB.withSession(from)) } as unknown as D1Database }
}
