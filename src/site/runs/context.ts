import { readConfig, type Config } from '../../config.ts'
import { openDatabases } from '../../db/events/shards.ts'
import type { EventContext } from '../../db/record-event.ts'
import { createId } from '../../lib/ids.ts'
import type { SiteStore } from '../replica/store.ts'
import type { FetchFunction } from '../transport/direct/http.ts'

/** Everything the object's work touches. The simulator injects its own clock and site to drive the same code. */
export interface ObjectContext extends EventContext {
  store: SiteStore
  config: Config
  /** In [0, 1), for jitter. */
  random: () => number
  sleep: (ms: number) => Promise<void>
  fetch: FetchFunction
  /** Whether somebody has a live connection to the site. Absent where there are none. */
  isWatched?: () => boolean
}

/** What the object itself adds to a context. */
type ObjectParts = Required<Pick<ObjectContext, 'store' | 'onProjected' | 'storedBytes' | 'isWatched'>>

/** The context of a running object: the real clock, chance, ids and network. */
export const createContext = (env: Env, accountId: string | null, parts: ObjectParts): ObjectContext => ({
  ...openDatabases(env, accountId),
  config: readConfig(env),
  now: Date.now,
  newId: createId,
  random: Math.random,
  sleep: (ms) => scheduler.wait(ms),
  fetch: (input, init) => fetch(input, init),
  ...parts,
})
