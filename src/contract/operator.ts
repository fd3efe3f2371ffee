/** What whoever runs a deployment may ask of it: backups and restores (docs/operations.md). */
import * as z from 'zod'
import { AccountId, Count, SiteId, Timestamp } from './common.ts'

const BackupId = z.lazy(() => z.string().max(120)).meta({ description: 'Opaque id of a backup; good for a day' })
const Fingerprint = z.string().regex(/^[0-9a-f]{16}$/)

/** Short keyed digests of the deployment's secrets, by which two deployments are compared. They give nothing away. */
export const SecretPrints = z.lazy(() =>
  z
    .record(z.string().max(60), Fingerprint)
    .meta({ description: 'Fingerprints of the secrets that data depends on, by their names' }),
)
export type SecretPrints = z.infer<typeof SecretPrints>

export const Backup = z.lazy(() =>
  z
    .object({
      id: BackupId,
      started_at: Timestamp,
      expires_at: Timestamp,
      version: z.string().nullable().meta({ description: 'The version of the code' }),
      databases: z.array(z.string()).meta({ description: 'Bindings of the D1 databases' }),
      secrets: SecretPrints,
    })
    .meta({ id: 'Backup' }),
)
export type Backup = z.infer<typeof Backup>

export const SiteRef = z.lazy(() => z.object({ id: SiteId, account_id: AccountId }))
export type SiteRef = z.infer<typeof SiteRef>

export const BackupCursor = z.lazy(() =>
  z.object({
    cursor: z
      .string()
      .max(4_000)
      .optional()
      .meta({ description: 'The `next` of the line `page` that ended the part before' }),
  }),
)

export const BackupLine = z.lazy(() =>
  z
    .looseObject({ kind: z.enum(['database', 'object', 'row', 'check', 'page', 'end']) })
    .meta({ id: 'BackupLine', description: 'One line; further fields depend on `kind`' }),
)

export const DeploymentRestoreRequest = z.lazy(() =>
  z
    .object({
      what: z.enum(['everything', 'sites']).meta({
        description: '`everything`: into databases that are empty. `sites`: the objects of some sites alone',
      }),
      secrets: SecretPrints,
    })
    .strict()
    .meta({ id: 'DeploymentRestoreRequest' }),
)
export type DeploymentRestoreRequest = z.infer<typeof DeploymentRestoreRequest>

export const DeploymentRestore = z.lazy(() =>
  z
    .object({ id: z.string().max(64), what: z.enum(['everything', 'sites']), databases: z.array(z.string()) })
    .meta({ id: 'DeploymentRestore' }),
)
export type DeploymentRestore = z.infer<typeof DeploymentRestore>

/** Where the loading of a file is; the next part goes on there. */
export const LoadProgress = z.lazy(() =>
  z
    .object({
      next_part: Count.meta({ description: 'The part that is expected, from 1 on' }),
      lines: Count,
      sum: z.string().meta({ description: 'The digest over the blocks so far' }),
      is_whole: z.boolean(),
    })
    .meta({ id: 'LoadProgress' }),
)
export type LoadProgress = z.infer<typeof LoadProgress>

export const KeysProgress = z.lazy(() =>
  z
    .object({
      next: z.string().nullable().meta({ description: 'Send it as `cursor`; null: all keys are as D1 says' }),
      written: Count,
      removed: Count,
    })
    .meta({ id: 'KeysProgress' }),
)
export type KeysProgress = z.infer<typeof KeysProgress>

export const FinishedRestore = z.lazy(() =>
  z
    .object({
      rows: z.record(z.string(), Count).meta({ description: 'Rows by table, as they are now' }),
      dropped: z.record(z.string(), Count).meta({
        description: 'Rows that belonged to nothing: they were written or deleted while the backup was read',
      }),
    })
    .meta({ id: 'FinishedRestore' }),
)
export type FinishedRestore = z.infer<typeof FinishedRestore>

export const RewindRequest = z.lazy(() =>
  z
    .object({ to: Timestamp.meta({ description: 'The moment; at most 30 days ago' }) })
    .strict()
    .meta({ id: 'RewindRequest' }),
)

export const Rewound = z.lazy(() =>
  z
    .object({
      id: z.string(),
      bookmark: z.string().meta({ description: 'The platform’s bookmark of the moment before: it undoes the rewind' }),
    })
    .meta({ id: 'Rewound' }),
)
export type Rewound = z.infer<typeof Rewound>
