import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import { readConfig } from './config.ts'
import { API_PREFIX } from './contract/common.ts'
import { MAX_PART_BYTES } from './contract/site-file.ts'
import type { AppEnv } from './env.ts'
import { MAX_BODY_BYTES } from './middleware/json-body.ts'
import { noStore } from './middleware/no-store.ts'
import { notFound, onError, sendProblem } from './middleware/on-error.ts'
import { requestId } from './middleware/request-id.ts'
import { serverTiming } from './middleware/server-timing.ts'
import { ASSETS_PATH, serveAsset } from './routes/assets.ts'
import { docsRoutes } from './routes/docs.ts'
import { health } from './routes/health.ts'
import { mailSinkRoutes } from './routes/mail-sink.ts'
import { routes } from './routes/index.ts'
import { mountRoutes } from './routes/mount.ts'
import { createPathNormaliser } from './routes/path.ts'
import { PLUGIN_PATH, servePlugin } from './routes/plugin.ts'
import { ServiceError } from './services/errors.ts'

/** CORS for browsers. Plugins send no `Origin`, so it doesn't apply to them. */
const allowOrigins = cors({
  origin: (origin, c) => (readConfig(c.env).webOrigins.includes(origin) ? origin : null),
  credentials: true,
  allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'x-account-id', 'x-d1-bookmark'],
  exposeHeaders: ['link', 'x-request-id', 'x-d1-bookmark', 'retry-after', 'idempotency-replayed'],
  maxAge: 600,
})

/** Lets the web app's pages read server timings. */
const allowTimings: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next()
  const origin = c.req.header('origin')
  if (origin !== undefined && readConfig(c.env).webOrigins.includes(origin))
    c.res.headers.set('timing-allow-origin', origin)
}

const limit = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: (c) => sendProblem(c, new ServiceError('body_too_large')),
})
/** Parts of files (`upload` in routes/define.ts) may be larger. */
const partLimit = bodyLimit({
  maxSize: MAX_PART_BYTES,
  onError: (c) => sendProblem(c, new ServiceError('file_too_large', `A part has at most ${MAX_PART_BYTES} bytes.`)),
})
const isPart = (path: string) => /\/parts\/[^/]+\/?$/.test(path)

/** The whole API: middleware in order, routes, errors. */
export function createApp(): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ getPath: createPathNormaliser(routes) })
  app.onError(onError)
  app.notFound(notFound)
  app.use(requestId)
  app.use(serverTiming)
  app.use(secureHeaders({ xFrameOptions: 'DENY', referrerPolicy: 'no-referrer' }))
  app.use(`${API_PREFIX}/*`, noStore)
  app.use((c, next) => (c.req.header('origin') === undefined ? next() : allowOrigins(c, next)))
  app.use(allowTimings)
  app.use((c, next) => (isPart(c.req.path) ? partLimit : limit)(c, next))
  app.get(ASSETS_PATH, serveAsset)
  app.get(PLUGIN_PATH, servePlugin)
  app.get('/healthz', health)
  app.route('/', docsRoutes)
  app.route('/', mailSinkRoutes)
  mountRoutes(app, routes)
  return app
}
