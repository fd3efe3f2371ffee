import type { Context as HonoContext } from 'hono'
import type { Measure } from '../db/measured.ts'
import type { AppEnv } from '../env.ts'

/** Times a request's queries, and counts them towards what D1 takes of one request. */
export function measureQueries(c: HonoContext<AppEnv>): Measure {
  const [budget, watch] = [c.get('queries'), c.get('stopwatch')]
  return (work, queries) => {
    budget.spend(queries)
    return watch.time('db', work)
  }
}
