import type { Config } from '../../config.ts'
import type { EventContext } from '../../db/record-event.ts'
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
}
