import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../env.ts'
import { isDeeperThan } from '../lib/json.ts'
import { ServiceError } from '../services/errors.ts'

/** Largest body: the largest item with its JSON overhead. */
export const MAX_BODY_BYTES = 1_900_000

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i
const MAX_DEPTH = 64

/**
 * Reads the body once and refuses what is not JSON in UTF-8. Stores the text in hono's cache, where the validator and
 * handlers read it. A missing content type is refused, too: a schema without required fields would accept any body.
 */
export const jsonBody = createMiddleware<AppEnv>(async (c, next) => {
  const encoding = c.req.header('content-encoding')
  const isJson = JSON_TYPE.test(c.req.header('content-type') ?? '')
  if (!isJson || (encoding && encoding !== 'identity')) throw new ServiceError('unsupported_media_type')
  const bytes = await c.req.raw.arrayBuffer()
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
    if (isDeeperThan(text, MAX_DEPTH)) throw new Error(`nested deeper than ${MAX_DEPTH} levels`)
    JSON.parse(text)
    // hono's cache holds promises, despite its type
    Object.assign(c.req.bodyCache, { text: Promise.resolve(text) })
  } catch (cause) {
    throw new ServiceError('malformed_json', `The body is not valid JSON: ${describeFault(cause)}.`)
  }
  await next()
})

/** The kind of fault only: the parser's message quotes the input, which may contain a secret. */
function describeFault(cause: unknown): string {
  if (cause instanceof SyntaxError) return 'syntax error'
  if (cause instanceof TypeError) return 'not UTF-8'
  return cause instanceof Error ? cause.message : 'unreadable'
}
