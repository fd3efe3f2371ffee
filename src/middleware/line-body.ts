import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { ServiceError } from '../services/errors.ts'

const LINES_TYPE = /^application\/x-ndjson\s*(?:;|$)/i

/** Refuses an upload that is not said to be lines of JSON, or is compressed: what is read has the size that was sent. */
export const lineBody = createMiddleware<AppEnv>(async (c, next) => {
  const encoding = c.req.header('content-encoding')
  const isLines = LINES_TYPE.test(c.req.header('content-type') ?? '')
  if (isLines && (!encoding || encoding === 'identity')) return next()
  const fix = 'Send Content-Type: application/x-ndjson, uncompressed.'
  throw new ServiceError('unsupported_media_type', undefined, { fix })
})
