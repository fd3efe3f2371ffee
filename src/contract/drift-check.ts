import * as z from 'zod'
import { Count, Timestamp } from './common.ts'

/**
 * How the last drift audit ended: `equal` proves that both sides were the same at that moment, `repaired` that they are now,
 * `differs` that something is left, `never` that none has ended yet.
 */
export const DRIFT_STATES = ['never', 'equal', 'repaired', 'differs'] as const

/** What an audit found out about one post type. */
export const TypeDriftCheck = z.lazy(() =>
  z
    .object({
      state: z.enum(DRIFT_STATES),
      at: Timestamp.nullable(),
      root: z
        .string()
        .nullable()
        .meta({ description: 'Digest of all posts as they are on both sides, as hex digits; null where they differ' }),
      checked: Count.meta({ description: 'Posts that were compared' }),
      differing: Count.meta({ description: 'Posts that differed' }),
      repaired: Count.meta({ description: 'Of those, posts that are equal now' }),
    })
    .meta({ id: 'TypeDriftCheck' }),
)
export type TypeDriftCheck = z.infer<typeof TypeDriftCheck>

/** The last drift audit of a site, over all types. */
export const DriftCheck = z.lazy(() =>
  TypeDriftCheck.unwrap()
    .extend({
      requests: Count.meta({ description: 'Requests to the site, repair included' }),
      bytes: Count.meta({ description: 'Sent and received by them' }),
    })
    .meta({ id: 'DriftCheck' }),
)
export type DriftCheck = z.infer<typeof DriftCheck>

/** An audit with its types, as the site's object keeps and projects it. */
export interface DriftCheckSnapshot extends DriftCheck {
  types: Record<string, TypeDriftCheck>
}

export const NO_TYPE_DRIFT_CHECK: TypeDriftCheck = {
  state: 'never',
  at: null,
  root: null,
  checked: 0,
  differing: 0,
  repaired: 0,
}
export const NO_DRIFT_CHECK: DriftCheck = { ...NO_TYPE_DRIFT_CHECK, requests: 0, bytes: 0 }
