import * as z from 'zod'
import { ActorRef } from './actor.ts'
import { Count, ListQuery, Timestamp } from './common.ts'

/**
 * Everything that the audit log records. A writer takes its action from here, and a route says which of them it records
 * (`records` in src/routes/define.ts).
 */
export const AUDIT_ACTIONS = [
  'account.created',
  'account.deletion_cancelled',
  'account.deletion_scheduled',
  'account.exported',
  'account.suspended',
  'account.suspension_lifted',
  'account.updated',
  'api_key.created',
  'api_key.revoked',
  'api_key.rotated',
  'audit.exported',
  'integration.acting_user_changed',
  'integration.change_confirmed',
  'integration.change_refused',
  'integration.change_requested',
  'integration.connected',
  'integration.connection_changed',
  'integration.created',
  'integration.deleted',
  'integration.updated',
  'invitation.resent',
  'invitation.withdrawn',
  'member.invited',
  'member.joined',
  'member.removed',
  'member.role_changed',
  'notification_delivery.repeated',
  'notification_endpoint.created',
  'notification_endpoint.deleted',
  'notification_endpoint.secret_rotated',
  'notification_endpoint.updated',
  'operator.backup_started',
  'operator.granted',
  'operator.replayed',
  'operator.restored',
  'operator.revoked',
  'person.deletion_cancelled',
  'person.deletion_scheduled',
  'person.email_change_cancelled',
  'person.email_change_requested',
  'person.email_changed',
  'person.email_verified',
  'person.passkey_added',
  'person.passkey_removed',
  'person.password_changed',
  'person.password_reset',
  'person.recovery_codes_renewed',
  'person.renamed',
  'person.totp_added',
  'person.totp_removed',
  'session.created',
  'session.ended',
  'site.connect_approved',
  'site.created',
  'site.deleted',
  'site.exported',
  'site.imported',
  'site.moved',
  'site.restored',
  'site.updated',
  'site.woken',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]

export const AuditRecord = z.lazy(() =>
  z
    .object({
      seq: z.number().int().min(1).meta({ description: 'Place in the account’s chain' }),
      at: Timestamp,
      actor: ActorRef,
      action: z.string().meta({ examples: [...AUDIT_ACTIONS] }),
      entity_id: z.string().meta({ description: 'What was changed. `email:…` stands for an e-mail address' }),
      entity_name: z.string().nullable().meta({ description: 'Its name today; null if it is gone or has none' }),
      metadata: z.record(z.string(), z.unknown()),
      request_id: z.string(),
      origin: z
        .object({
          country: z.string().nullable().meta({ description: 'ISO 3166-1 alpha-2' }),
          network: z.string().nullable().meta({ description: 'The address without its last part: IPv4 /24, IPv6 /48' }),
          device: z.string().nullable(),
        })
        .nullable()
        .meta({ description: 'Where the request came from; null for the system and for deleted people' }),
      sealed: z.boolean().meta({ description: 'Whether the record has joined the chain' }),
    })
    .meta({ id: 'AuditRecord' }),
)
export type AuditRecord = z.infer<typeof AuditRecord>

export const AuditFilter = z.lazy(() =>
  z.object({
    actor: z.string().max(80).optional().meta({ description: '`user:usr_…`, `api_key:key_…`, `system` or `operator`' }),
    action: z.enum(AUDIT_ACTIONS).optional(),
    entity_id: z.string().max(300).optional(),
    from: z.iso.datetime({ offset: true }).optional().meta({ description: 'Not before' }),
    to: z.iso.datetime({ offset: true }).optional().meta({ description: 'Before' }),
  }),
)
export type AuditFilter = z.infer<typeof AuditFilter>

export const AuditQuery = z.lazy(() => ListQuery.unwrap().extend(AuditFilter.unwrap().shape))

export const AUDIT_FORMATS = ['json', 'csv'] as const
export const AuditExportQuery = z.lazy(() =>
  AuditFilter.unwrap().extend({
    format: z.enum(AUDIT_FORMATS).default('json'),
    cursor: ListQuery.unwrap().shape.cursor,
  }),
)
export type AuditExportQuery = z.infer<typeof AuditExportQuery>

const Hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' })

const Head = z.lazy(() =>
  z.object({ seq: z.number().int().min(1), hash: Hash }).meta({ description: 'A record’s place and its hash' }),
)

/** Verification goes on after a record that an earlier answer names. */
export const AuditVerify = z.lazy(() => z.object({ after: Head.unwrap().optional() }).meta({ id: 'AuditVerify' }))
export type AuditVerify = z.infer<typeof AuditVerify>

/**
 * Why a record breaks the chain. `missing`: none has this place. `forged`: it is not what this API wrote. `copied`: it
 * repeats another. `moved`: it is genuine, and stands at another place than it did. `unsealed`: it has not joined.
 */
export const BREAKS = ['missing', 'forged', 'copied', 'moved', 'unsealed'] as const
export type Break = (typeof BREAKS)[number]

export const AuditVerdict = z.lazy(() =>
  z
    .object({
      verified: Count.meta({ description: 'How many records this request verified' }),
      head: Head.unwrap().nullable().meta({ description: 'The last intact record' }),
      broken: z
        .object({ seq: z.number().int(), reason: z.enum(BREAKS) })
        .nullable()
        .meta({ description: 'The first place where the chain breaks; null if it doesn’t' }),
      is_complete: z.boolean().meta({ description: 'False: repeat the request with `after` set to `head`' }),
    })
    .meta({ id: 'AuditVerdict' }),
)
export type AuditVerdict = z.infer<typeof AuditVerdict>
