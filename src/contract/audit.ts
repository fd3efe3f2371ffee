import * as z from 'zod'
import { Count, Timestamp } from './common.ts'

/**
 * How the last drift audit ended: `equal` proves that both sides were the same at that moment, `repaired` that they are now,
 * `differs` that something is left, `never` that none has ended yet.
 */
export const AUDIT_STATES = ['never', 'equal', 'repaired', 'differs'] as const

/** What an audit found out about one post type. */
export const TypeAudit = z.lazy(() =>
  z
    .object({
      state: z.enum(AUDIT_STATES),
      at: Timestamp.nullable(),
      root: z
        .string()
        .nullable()
        .meta({ description: 'Digest of all posts as they are on both sides, as hex digits; null where they differ' }),
      checked: Count.meta({ description: 'Posts that were compared' }),
      differing: Count.meta({ description: 'Posts that differed' }),
      repaired: Count.meta({ description: 'Of those, posts that are equal now' }),
    })
    .meta({ id: 'TypeAudit' }),
)
export type TypeAudit = z.infer<typeof TypeAudit>

/** The last drift audit of a site, over all types. */
export const Audit = z.lazy(() =>
  TypeAudit.unwrap()
    .extend({
      requests: Count.meta({ description: 'Requests to the site, repair included' }),
      bytes: Count.meta({ description: 'Sent and received by them' }),
    })
    .meta({ id: 'Audit' }),
)
export type Audit = z.infer<typeof Audit>

/** An audit with its types, as the site's object keeps and projects it. */
export interface AuditSnapshot extends Audit {
  types: Record<string, TypeAudit>
}

export const NO_TYPE_AUDIT: TypeAudit = { state: 'never', at: null, root: null, checked: 0, differing: 0, repaired: 0 }
export const NO_AUDIT: Audit = { ...NO_TYPE_AUDIT, requests: 0, bytes: 0 }
