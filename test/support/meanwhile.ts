import { env } from 'cloudflare:workers'

/**
 * Bindings with which something happens once, just before the batch of a write.
 * @param statements that the write has, at least: reads before it have at most two, writes their audit record, too
 */
export function beforeTheWrite(work: () => Promise<unknown>, statements = 3): { DB: D1Database } {
  let isDone = false
  const session = (real: D1DatabaseSession) =>
    new Proxy(real, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name)
        if (name !== 'batch') return typeof value === 'function' ? value.bind(target) : value
        return async (batch: D1PreparedStatement[]) => {
          if (batch.length >= statements && !isDone) {
            isDone = true
            await work()
          }
          return target.batch(batch)
        }
      },
    })
  return { DB: { withSession: (from: string) => session(env.DB.withSession(from)) } as unknown as D1Database }
}
