import type { RunPhase } from '../../contract/activity.ts'
import type { ConflictPolicy } from '../../contract/integrations.ts'
import type { RunDirection } from '../../contract/sync.ts'
import type { CommandResult } from '../../contract/link.ts'
import type { Replica } from '../replica/store.ts'
import type { IdPrefix } from '../../lib/ids.ts'

/** A command without the id that the sender gives it; `id` where a repeat must be recognised. */
export interface Request {
  name: string
  args: Record<string, unknown>
  id?: string
}

/** What the engine may do besides computing. Time, ids and chance come from outside, so that a simulator can drive it. */
export interface EngineContext {
  replica: Replica
  /** Milliseconds since 1970. */
  now: () => number
  newId: (prefix: IdPrefix) => string
  random: () => number
  /**
   * Has the site execute commands; results are in their order. Where the site can't be called this ends the work, which is
   * played again from its last commit when the results are there: until then nothing may be written that a repeat would
   * spoil. @throws LinkError, Suspended
   */
  send: (requests: readonly Request[]) => Promise<CommandResult[]>
  /** Says what kind of work begins, for the steps of a run. */
  enter: (phase: RunPhase, type: string | null) => void
  /** Whether the work is still ours; asked after every await, before anything is written. */
  holds: () => boolean
  /** What was decided when this work was first played, where its answers come later; null otherwise. */
  memo: <T>() => T | null
  /** Keeps a decision until the commit, since what it was made from may change before the answers come. JSON alone. */
  memoize: (value: unknown) => void
  /** Ends what was asked so far; to be called in the transaction that takes in its answers. */
  commit: () => void
}

/** A type or taxonomy that is switched on, and how much of it one run may import. */
export interface Source {
  slug: string
  limit: number
  /** On the site, as the structure tells. */
  count: number
}

/** What a run does and to what; read from the integration's row when the run starts. */
export interface RunConfig {
  direction: RunDirection
  policy: ConflictPolicy
  postTypes: Source[]
  taxonomies: Source[]
}

/** Ends work that is no longer ours: nothing more is written, and nobody is told. */
export class LostLease extends Error {
  override readonly name = 'LostLease'
}

/** @throws LostLease */
export function assertHeld(ctx: EngineContext): void {
  if (!ctx.holds()) throw new LostLease()
}
