import type { Run } from '../../api/types.ts'

export type Outcome = 'succeeded' | 'succeededPartly' | 'failed' | 'cancelled'

/** Heading for how a run ended. */
export function outcomeOf({ status, counts }: Run): Outcome {
  if (status === 'failed' || status === 'cancelled') return status
  return counts.failed > 0 || counts.conflicts > 0 ? 'succeededPartly' : 'succeeded'
}
