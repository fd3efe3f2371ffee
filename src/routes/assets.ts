import type { Context as HonoContext } from 'hono'
import type { AppEnv } from '../env.ts'
import { sendProblem } from '../middleware/on-error.ts'
import { ServiceError } from '../services/errors.ts'

/** Folder of the web app's files, which have a hash of their content in their name. */
export const ASSETS_PATH = '/assets/*'

/** @throws ServiceError `unavailable` */
export async function readAsset(c: HonoContext<AppEnv>): Promise<Response> {
  try {
    return await c.env.ASSETS.fetch(c.req.raw)
  } catch (cause) {
    throw new ServiceError('unavailable', undefined, { cause, retryAfterS: 1 })
  }
}

/**
 * Serves a file of the web app. For a file that isn't there, such as one of a release before, static assets answer with the
 * app's page and the headers of this folder: as a script that page is broken, and browsers would keep it for a year.
 */
export async function serveAsset(c: HonoContext<AppEnv>): Promise<Response> {
  const answer = await readAsset(c)
  const isFile = answer.status === 304 || (answer.ok && !answer.headers.get('content-type')?.startsWith('text/html'))
  if (isFile) return new Response(answer.body, answer)
  c.header('cache-control', 'no-store')
  return sendProblem(c, new ServiceError('not_found'))
}
