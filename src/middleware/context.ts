import type { Context as HonoContext } from 'hono'
import { createMiddleware } from 'hono/factory'
import { readConfig } from '../config.ts'
import { db } from '../db/client.ts'
import type { Measure } from '../db/measured.ts'
import type { AppEnv } from '../env.ts'
import { createId } from '../lib/ids.ts'
import { noteLogIds, type LogIds } from '../lib/log.ts'
import { createApiKeyStore } from '../services/api-keys/index.ts'
import { reachSite } from './reach-site.ts'

const ID = /^[a-z]{2,4}_[0-9a-f]{32}$/
const BOOKMARK = /^[0-9a-f-]{1,200}$/i

/** Whom the request is about, as far as its key and its path say so: what is no id of ours stays out of the log. */
function subjectOf(c: HonoContext<AppEnv>): LogIds {
  const actor = c.get('actor')
  const siteId = actor.kind === 'api_key' ? actor.siteId : (c.req.param('site_id') ?? '')
  const integrationId = c.req.param('integration_id') ?? ''
  return {
    ...(ID.test(siteId) && { site_id: siteId }),
    ...(ID.test(integrationId) && { integration_id: integrationId }),
  }
}

/**
 * Builds what services get. Reads go to the nearest replica, writes to the primary; a client that sends back the
 * `x-d1-bookmark` of an earlier answer reads its own writes wherever it is.
 */
export const provideContext = createMiddleware<AppEnv>(async (c, next) => {
  const actor = c.get('actor')
  const bookmark = c.req.header('x-d1-bookmark')
  const own = bookmark && BOOKMARK.test(bookmark) ? bookmark : null
  const nearest = c.req.method === 'GET' ? 'first-unconstrained' : 'first-primary'
  // a person's session was read from the primary: what follows is at least as new
  const readFrom = own ?? c.get('dbSession')?.bookmark() ?? nearest
  const watch = c.get('stopwatch')
  const measure: Measure = (work) => watch.time('db', work)
  const session = db(c.env, actor.kind === 'anonymous' ? null : actor.accountId, readFrom, measure)
  c.set('dbSession', session)
  noteLogIds(subjectOf(c))
  c.set('ctx', {
    db: session.db,
    actor,
    requestId: c.get('requestId'),
    pluginRequestId: c.get('pluginRequestId'),
    now: Date.now,
    newId: createId,
    config: readConfig(c.env),
    apiKeys: createApiKeyStore(c.env.API_KEYS),
    background: (work) => c.executionCtx.waitUntil(work),
    site: (siteId) => reachSite(() => c.env.SITE_SYNC.getByName(siteId), watch),
  })
  await next()
  const latest = session.bookmark()
  if (latest) c.header('x-d1-bookmark', latest)
})
