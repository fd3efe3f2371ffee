import type { Context as HonoContext } from 'hono'
import { createMiddleware } from 'hono/factory'
import { readConfig } from '../config.ts'
import { db } from '../db/client.ts'
import { openByName } from '../db/databases.ts'
import { openEventShards } from '../db/events/shards.ts'
import type { AppEnv } from '../env.ts'
import { logFailure } from '../lib/background.ts'
import { createId } from '../lib/ids.ts'
import { noteLogIds, type LogIds } from '../lib/log.ts'
import { readRequestOrigin } from '../lib/request-origin.ts'
import { siteObject } from '../lib/site-objects.ts'
import { createApiKeyStore } from '../services/api-keys/index.ts'
import { charge } from './throttle.ts'
import { measureQueries } from './measure.ts'
import { reachSite } from './reach-site.ts'

const ID = /^[a-z]{2,4}_[0-9a-f]{32}$/
const BOOKMARK = /^[0-9a-f-]{1,200}$/i

/**
 * The ids to log: the site and integration that the key or the path names. Anything that isn't one of our ids is left
 * out.
 */
function logIdsOf(c: HonoContext<AppEnv>): LogIds {
  const actor = c.get('actor')
  const siteId = actor.kind === 'api_key' ? actor.siteId : (c.req.param('site_id') ?? '')
  const integrationId = c.req.param('integration_id') ?? ''
  return {
    ...(ID.test(siteId) && { site_id: siteId }),
    ...(ID.test(integrationId) && { integration_id: integrationId }),
  }
}

/**
 * The newer of the client's bookmark and that of authentication, which read from the primary. Bookmarks sort by age
 * (https://developers.cloudflare.com/d1/reference/time-travel/#bookmarks).
 */
const newerOf = (sent: string | null, authenticated: string | null): string | null =>
  sent !== null && authenticated !== null && authenticated > sent ? authenticated : (sent ?? authenticated)

/**
 * Builds the service context (`ctx`). Reads go to the nearest replica, writes to the primary. The answer's
 * `x-d1-bookmark` names the state of the database; a client that sends it along later reads its own writes.
 */
export const provideContext = createMiddleware<AppEnv>(async (c, next) => {
  const actor = c.get('actor')
  const bookmark = c.req.header('x-d1-bookmark')
  const sent = bookmark && BOOKMARK.test(bookmark) ? bookmark : null
  const nearest = c.req.method === 'GET' ? 'first-unconstrained' : 'first-primary'
  const readFrom = newerOf(sent, c.get('dbSession')?.bookmark() ?? null) ?? nearest
  const watch = c.get('stopwatch')
  const measure = measureQueries(c)
  const session = db(c.env, actor.kind === 'anonymous' ? null : actor.accountId, readFrom, measure)
  c.set('dbSession', session)
  noteLogIds(logIdsOf(c))
  c.set('ctx', {
    db: session.db,
    events: openEventShards(c.env, session.db, measure),
    databases: openByName(c.env, measure),
    queriesLeft: c.get('queries').left,
    actor,
    requestId: c.get('requestId'),
    pluginRequestId: c.get('pluginRequestId'),
    origin: readRequestOrigin(c.req.raw),
    recorded: [],
    now: Date.now,
    newId: createId,
    config: readConfig(c.env),
    apiKeys: createApiKeyStore(c.env.API_KEYS),
    background: (work) => c.executionCtx.waitUntil(logFailure(work)),
    chargeUnverified: async ({ host, accountId }) => {
      await charge(c.env.THROTTLE_UNVERIFIED, `host:${host}`, 'host')
      await charge(c.env.THROTTLE_UNVERIFIED_ACCOUNT, `account:${accountId}`, 'account')
    },
    site: (siteId) => reachSite(() => siteObject(c.env, siteId), watch),
  })
  await next()
  const latest = session.bookmark()
  if (latest) c.header('x-d1-bookmark', latest)
})
