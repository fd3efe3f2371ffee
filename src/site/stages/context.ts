import type { RunPhase } from '../../contract/activity.ts'
import type { AuthorMap, ConflictPolicy } from '../../contract/integrations.ts'
import type { RunDirection } from '../../contract/sync.ts'
import type { Replica } from '../replica/store.ts'
import type { IdPrefix } from '../../lib/ids.ts'
import type { SendCommands } from '../transport/sender.ts'

/**
 * Everything the stages use besides pure functions. Time, ids and chance are injected, so that the simulator can drive
 * them.
 */
export interface EngineContext {
  replica: Replica
  /** Milliseconds since 1970. */
  now: () => number
  newId: (prefix: IdPrefix) => string
  random: () => number
  /** The run that the work belongs to; null for the inbox and for what somebody waits for. */
  runId: string | null
  /** Who saved a post in WordPress, by post id, as the webhooks of the fetch say. */
  savedBy?: ReadonlyMap<number, string>
  /**
   * Has the site carry out commands; the results are in their order. At a site that polls it throws `Suspended`, and
   * the work is replayed from its last commit once the results have come. So between two commits a stage writes only
   * what a replay may write again.
   * @throws LinkError, Suspended
   */
  send: SendCommands
  /** Names the kind of work that begins, for the steps of a run. */
  enter: (phase: RunPhase, type: string | null) => void
  /** Whether the site is called and could poll instead: it has shown within the hour that it can. */
  canPoll: () => boolean
  /** Whether the work may still write. Check it after every await, before a write. */
  holds: () => boolean
  /** What {@link EngineContext.memoize} stored before the work was suspended; null if nothing. */
  memo: <T>() => T | null
  /** Stores a decision (JSON) until the commit. A replay must reuse it, because the data behind it may have changed. */
  memoize: (value: unknown) => void
  /** Ends the requests so far. Call it in the transaction that stores what their answers brought. */
  commit: () => void
}

/** A post type or taxonomy that is switched on. */
export interface Source {
  slug: string
  /** How many entries one run may import. */
  limit: number
  /** How many entries the site has, by its structure. */
  count: number
}

/** What a run does and to which types; read from the integration's row with each slice. */
export interface RunConfig {
  direction: RunDirection
  policy: ConflictPolicy
  authors: AuthorMap
  postTypes: Source[]
  taxonomies: Source[]
}

/** Ends an attempt that lost its lease. It writes nothing more, and nothing is reported. */
export class LostLease extends Error {
  override readonly name = 'LostLease'
}

/** @throws LostLease */
export function assertHeld(ctx: EngineContext): void {
  if (!ctx.holds()) throw new LostLease()
}
