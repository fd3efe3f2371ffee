import type { Stopwatch } from '../lib/stopwatch.ts'
import { ServiceError } from '../services/errors.ts'
import type { SiteRpc } from '../site/rpc.ts'

const TRIES = 3
const PAUSE_MS = 50
const RETRY_AFTER_S = 1

/** What would be done twice, or refused the second time, where the object had done it and its answer was lost. */
const NOT_REPEATED: ReadonlySet<string> = new Set(['createItem', 'deleteItem', 'resolveItem', 'undoItem', 'retryItem'])

const has = (cause: unknown, flag: 'retryable' | 'overloaded') =>
  cause instanceof Error && (cause as Error & { [name in typeof flag]?: boolean })[flag] === true

async function call(open: () => SiteRpc, name: string, args: unknown[]): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      // a stub that has failed stays broken: each attempt has a new one
      const site = open()
      return await (Reflect.apply(Reflect.get(site, name) as () => unknown, site, args) as Promise<unknown>)
    } catch (cause) {
      const isPassing = has(cause, 'retryable') && !has(cause, 'overloaded')
      if (!isPassing || attempt === TRIES || NOT_REPEATED.has(name)) {
        if (!isPassing && !has(cause, 'overloaded')) throw cause
        throw new ServiceError('unavailable', undefined, { cause, retryAfterS: RETRY_AFTER_S })
      }
      await scheduler.wait(PAUSE_MS * attempt)
    }
  }
}

/**
 * A site's object as requests reach it: on the watch, and through what passes. A deployment resets every object, and
 * whoever was asking it then is told `retryable`; an overloaded one is left alone
 * (https://developers.cloudflare.com/durable-objects/best-practices/error-handling/).
 * @param open a new stub
 */
export const reachSite = (open: () => SiteRpc, watch: Stopwatch): SiteRpc =>
  new Proxy({} as SiteRpc, {
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then'
        ? (...args: unknown[]) => watch.time('object', () => call(open, name, args))
        : undefined,
  })
