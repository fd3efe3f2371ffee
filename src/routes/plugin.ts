import type { Context as HonoContext } from 'hono'
import { PLUGIN_MANIFEST_PATH, PLUGIN_SLUG } from '../contract/plugin-updates.ts'
import type { AppEnv } from '../env.ts'
import { sendProblem } from '../middleware/on-error.ts'
import { ServiceError } from '../services/errors.ts'
import { readAsset } from './assets.ts'

export const PLUGIN_PATH = '/plugin/*'

const ZIP = new RegExp(`^/plugin/(?:\\d{1,4}(?:\\.\\d{1,4}){2}/)?${PLUGIN_SLUG}\\.zip$`)

/**
 * Serves the plugin's zips and the signed manifest of its releases, as the deployment made them. They hold nothing secret, so
 * anybody may have them. A file that isn't there, such as that of a release which is no longer kept, is 404: static assets
 * would answer with the web app's page.
 */
export async function servePlugin(c: HonoContext<AppEnv>): Promise<Response> {
  const isZip = ZIP.test(c.req.path)
  if (!isZip && c.req.path !== PLUGIN_MANIFEST_PATH) return notThere(c)
  const asset = await readAsset(c)
  const isFile = asset.status === 304 || (asset.ok && !asset.headers.get('content-type')?.startsWith('text/html'))
  if (!isFile) return notThere(c)
  const answer = new Response(asset.body, asset)
  // a site must not install what was replaced: the checksum would differ
  answer.headers.set('cache-control', 'no-cache')
  answer.headers.set('content-type', isZip ? 'application/zip' : 'application/json')
  if (isZip) answer.headers.set('content-disposition', `attachment; filename="${PLUGIN_SLUG}.zip"`)
  return answer
}

function notThere(c: HonoContext<AppEnv>): Response {
  c.header('cache-control', 'no-store')
  return sendProblem(c, new ServiceError('not_found'))
}
