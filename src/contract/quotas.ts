import * as z from 'zod'

/**
 * What an account may have at most: the default of a deployment that sets nothing else. No honest customer meets these
 * numbers; they keep one tenant from filling the database that all share.
 */
export const DEFAULT_QUOTAS = {
  sites: 1_000,
  /** Revoked and expired keys count until they are deleted, 90 days later. */
  api_keys: 10_000,
  members: 500,
  invitations: 500,
} as const

export const QUOTA_KINDS = ['sites', 'api_keys', 'members', 'invitations'] as const
export type QuotaKind = (typeof QUOTA_KINDS)[number]

/** The variable QUOTAS: only the numbers that differ from the defaults. */
export const Quotas = z.lazy(() => z.partialRecord(z.enum(QUOTA_KINDS), z.number().int().min(1).max(1_000_000)))

const Amount = z.lazy(() =>
  z.object({
    used: z.number().int().min(0),
    most: z.number().int().nullable().meta({ description: 'The quota; null if it is not limited by number' }),
  }),
)

/** What an account uses of what all accounts share. */
export const Usage = z.lazy(() =>
  z.object({
    sites: Amount,
    api_keys: Amount,
    members: Amount,
    invitations: Amount,
    endpoints: Amount,
    integrations: Amount,
    events: Amount.unwrap()
      .extend({ is_more: z.boolean().meta({ description: 'There are more than `used`: counting stops there' }) })
      .meta({ description: 'Sync events that are kept' }),
    audit_records: Amount,
    stored_bytes: Amount.unwrap()
      .omit({ most: true })
      .meta({ description: 'Bytes in the databases of the sites, as each of them last reported' }),
  }),
)
export type Usage = z.infer<typeof Usage>
