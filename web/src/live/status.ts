import type { Problem } from '../api/types.ts'

/** Why no further connection is made. `problem` is the API's refusal, if any. */
export interface LiveEnd {
  detail: string
  problem: Problem | null
}

/** Status of the live connection. */
export type LiveStatus =
  /** There is no integration to connect to. */
  | { kind: 'off' }
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** Lost since a time (milliseconds since 1970), and retried. */
  | { kind: 'reconnecting'; since: number }
  /** Closed while the page is hidden. */
  | { kind: 'paused' }
  | { kind: 'ended'; end: LiveEnd }
