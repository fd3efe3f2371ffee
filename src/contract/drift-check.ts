import * as z from 'zod'
import { Count, Timestamp } from './common.ts'

/**
 * Result of the last drift check. `equal`: both sides were the same. `repaired`: they are the same after repairs. `differs`: some
 * differences remain. `never`: no check has finished yet.
 */
export const DRIFT_STATES = ['never', 'equal', 'repaired', 'differs'] as const

/** Result of a drift check for one post type. */
export const TypeDriftCheck = z.lazy(() =>
  z
    .object({
      state: z.enum(DRIFT_STATES),
      at: Timestamp.nullable(),
      root: z
        .string()
        .nullable()
        .meta({ description: 'Checksum over all posts, equal on both sides, as hex digits; null if they differ' }),
      checked: Count.meta({ description: 'Posts compared' }),
      differing: Count.meta({ description: 'Posts that differed' }),
      repaired: Count.meta({ description: 'Differing posts that are the same now' }),
    })
    .meta({ id: 'TypeDriftCheck' }),
)
export type TypeDriftCheck = z.infer<typeof TypeDriftCheck>

/** The last drift check of a site, over all types. */
export const DriftCheck = z.lazy(() =>
  TypeDriftCheck.unwrap()
    .extend({
      requests: Count.meta({ description: 'Requests to the site, including repairs' }),
      bytes: Count.meta({ description: 'Bytes sent and received by these requests' }),
    })
    .meta({ id: 'DriftCheck' }),
)
export type DriftCheck = z.infer<typeof DriftCheck>

/** A drift check with its types, as the site's object stores and projects it. */
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
