import type { Context as HonoContext } from 'hono'
import type { AppEnv } from '../env.ts'
import { checkOwnHealth } from '../services/health/check.ts'

/** `GET /healthz`: 200 when everything the API stands on answers, else 503 with what doesn't. */
export async function health(c: HonoContext<AppEnv>): Promise<Response> {
  const state = await checkOwnHealth(c.env)
  return c.json(state, state.status === 'ok' ? 200 : 503, { 'cache-control': 'no-store' })
}
