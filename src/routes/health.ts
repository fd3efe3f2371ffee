import type { Context as HonoContext } from 'hono'
import type { AppEnv } from '../env.ts'
import { checkOwnHealth } from '../services/health/index.ts'

/**
 * `GET /healthz`: 200 while requests are served (`ok` or `degraded`), else 503. The body says which part fails. Sets
 * `Date` explicitly, because a plugin's doctor compares its clock with it and not every runtime adds it.
 */
export async function health(c: HonoContext<AppEnv>): Promise<Response> {
  const state = await checkOwnHealth(c.env)
  const headers = { 'cache-control': 'no-store', date: new Date().toUTCString() }
  return c.json(state, state.status === 'failing' ? 503 : 200, headers)
}
