import type { Problem } from '../api/types.ts'

/** Why no further connection is tried. `problem` where the API refused with one. */
export interface LiveEnd {
  detail: string
  problem: Problem | null
}

/** How the live connection is. */
export type LiveStatus =
  /** There is nothing to connect to. */
  | { kind: 'off' }
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** Lost since a moment (milliseconds since 1970), and tried again. */
  | { kind: 'reconnecting'; since: number }
  /** Left while nobody looks at the page. */
  | { kind: 'paused' }
  | { kind: 'ended'; end: LiveEnd }
