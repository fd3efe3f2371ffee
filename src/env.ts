import type { DbSession } from './db/client.ts'
import type { QueryBudget } from './db/query-budget.ts'
import type { Stopwatch } from './lib/stopwatch.ts'
import type { Actor, ServiceContext } from './services/context.ts'

/** Types of the Hono app: bindings of the Worker and what middleware leaves for later steps. */
export interface AppEnv {
  Bindings: Env
  Variables: {
    requestId: string
    pluginRequestId: string | undefined
    stopwatch: Stopwatch
    queries: QueryBudget
    actor: Actor
    dbSession: DbSession | undefined
    ctx: ServiceContext<Actor>
  }
}
