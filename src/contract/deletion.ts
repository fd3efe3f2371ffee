import * as z from 'zod'
import { AccountId, PlainText, Timestamp, UserId } from './common.ts'
import { Role } from './people.ts'

/** Days between the request and the deletion, in which it can be cancelled. */
export const DELETION_WAIT_DAYS = 30

export const Deletion = z.lazy(() =>
  z
    .object({
      kind: z.enum(['account', 'person']),
      subject_id: z.union([AccountId, UserId]).meta({ description: 'The account or the person to be deleted' }),
      requested_by: UserId,
      requested_at: Timestamp,
      due_at: Timestamp.meta({ description: 'When it is deleted, unless somebody cancels' }),
      can_cancel: z.boolean().meta({ description: 'False once the deletion has begun' }),
    })
    .meta({ id: 'Deletion' }),
)
export type Deletion = z.infer<typeof Deletion>

/** What is to be deleted of what the caller sees: the account they act in, and themselves. */
export const Deletions = z.lazy(() =>
  z.object({ account: Deletion.nullable(), person: Deletion.nullable() }).meta({ id: 'Deletions' }),
)
export type Deletions = z.infer<typeof Deletions>

export const AccountDeletionRequest = z.lazy(() =>
  z
    .object({ name: PlainText.meta({ description: 'The account’s name, typed again' }) })
    .meta({ id: 'AccountDeletionRequest' }),
)
export type AccountDeletionRequest = z.infer<typeof AccountDeletionRequest>

export const PersonDeletionRequest = z.lazy(() =>
  z
    .object({ email: z.email().max(254).meta({ description: 'Your e-mail address, typed again' }) })
    .meta({ id: 'PersonDeletionRequest' }),
)
export type PersonDeletionRequest = z.infer<typeof PersonDeletionRequest>

/** Which part of an export: without a cursor the first one. */
export const AccountExportQuery = z.lazy(() =>
  z.object({
    cursor: z
      .string()
      .max(2_000)
      .optional()
      .meta({ description: 'The `next` of the line `page` that ended the part before' }),
  }),
)

export const ExportLine = z.lazy(() =>
  z
    .looseObject({
      kind: z.enum([
        'export',
        'check',
        'member',
        'invitation',
        'quota',
        'site',
        'integration',
        'api_key',
        'connection_change',
        'item',
        'undo',
        'term',
        'failure',
        'sync_event',
        'endpoint',
        'notification',
        'delivery',
        'audit',
        'page',
        'end',
      ]),
    })
    .meta({ id: 'ExportLine', description: 'One line; further fields depend on `kind`' }),
)

/** What is kept about a person. */
export const PersonExport = z.lazy(() =>
  z
    .object({
      exported_at: Timestamp,
      person: z.object({
        id: UserId,
        name: z.string(),
        email: z.string(),
        email_verified: z.boolean(),
        new_email: z.string().nullable().meta({ description: 'An address that waits for its confirmation' }),
        language: z.string().nullable(),
        totp: z.boolean(),
        created_at: Timestamp,
        updated_at: Timestamp,
      }),
      accounts: z.array(z.object({ account_id: AccountId, name: z.string(), role: Role, since: Timestamp })),
      sessions: z.array(
        z.object({
          address: z.string().nullable(),
          device: z.string().nullable(),
          country: z.string().nullable(),
          city: z.string().nullable(),
          created_at: Timestamp,
          expires_at: Timestamp,
        }),
      ),
      passkeys: z.array(z.object({ name: z.string().nullable(), created_at: Timestamp })),
      sign_in: z.array(z.object({ kind: z.string(), changed_at: Timestamp })),
      invitations: z.array(z.object({ account_id: AccountId, role: Role, expires_at: Timestamp })),
      deletion_due_at: Timestamp.nullable(),
    })
    .meta({ id: 'PersonExport' }),
)
export type PersonExport = z.infer<typeof PersonExport>
