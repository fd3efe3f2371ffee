import type { Stopwatch } from '../lib/stopwatch.ts'
import { ServiceError } from '../services/errors.ts'
import { SITE_DELETED, SITE_LOADING, type SiteRpc } from '../site/rpc.ts'

const TRIES = 3
const PAUSE_MS = 50
const RETRY_AFTER_S = 1

/** Not retried: if the first call succeeded and its response was lost, a retry would repeat the change or fail. */
const NOT_REPEATED: ReadonlySet<string> = new Set<keyof SiteRpc>([
  'createItem',
  'moveItem',
  'resolveItem',
  'undoItem',
  'retryItem',
])

const has = (cause: unknown, flag: 'retryable' | 'overloaded') =>
  cause instanceof Error && (cause as Error & { [name in typeof flag]?: boolean })[flag] === true

/** A deployment reaches objects up to five minutes after the Worker (docs/operations.md). */
const OLDER_OBJECT = /does not implement/
const OLDER_RETRY_AFTER_S = 30

/** A site is loaded within some seconds; when all are, it takes longer. */
const LOADING_RETRY_AFTER_S = 60

const isOlderObject = (cause: unknown): boolean => cause instanceof TypeError && OLDER_OBJECT.test(cause.message)

async function call(open: () => SiteRpc, name: string, args: unknown[]): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      // a stub stays broken after an exception, so each attempt opens a new one
      const site = open()
      return await (Reflect.apply(Reflect.get(site, name) as () => unknown, site, args) as Promise<unknown>)
    } catch (cause) {
      if (isOlderObject(cause))
        throw new ServiceError('unavailable', undefined, { cause, retryAfterS: OLDER_RETRY_AFTER_S })
      if (cause instanceof Error && cause.message.includes(SITE_DELETED))
        throw new ServiceError('site_not_found', undefined, { cause })
      if (cause instanceof Error && cause.message.includes(SITE_LOADING))
        throw new ServiceError('unavailable', undefined, { cause, retryAfterS: LOADING_RETRY_AFTER_S })
      const isTransient = has(cause, 'retryable') && !has(cause, 'overloaded')
      if (!isTransient || attempt === TRIES || NOT_REPEATED.has(name)) {
        if (!isTransient && !has(cause, 'overloaded')) throw cause
        throw new ServiceError('unavailable', undefined, { cause, retryAfterS: RETRY_AFTER_S })
      }
      await scheduler.wait(PAUSE_MS * attempt)
    }
  }
}

/**
 * Stub for a site's Durable Object that times every call and retries transient errors. A deployment resets every
 * object; calls in progress then fail with `retryable`. An overloaded object is not retried
 * (https://developers.cloudflare.com/durable-objects/best-practices/error-handling/).
 * @param open returns a new stub
 */
export const reachSite = (open: () => SiteRpc, watch: Stopwatch): SiteRpc =>
  new Proxy({} as SiteRpc, {
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then'
        ? (...args: unknown[]) => watch.time('object', () => call(open, name, args))
        : undefined,
  })
