/** The history of an item: what it was on both sides, who made it so, and how a version is restored. */
import * as z from 'zod'
import { ActorRef } from './actor.ts'
import { Timestamp } from './common.ts'
import { ItemVersion } from './content.ts'

const VERSION_ACTIONS = [
  'create',
  'edit',
  'trash',
  'restore',
  'delete',
  'resolve',
  'undo',
  'restore_version',
  'bulk',
  'restore_site',
  'import',
  'read',
  'send',
] as const
export type VersionAction = (typeof VERSION_ACTIONS)[number]

/** The version that an item has now. */
export const CURRENT_VERSION = 'current'

export const VersionId = z
  .lazy(() => z.string().max(64))
  .meta({ description: 'Opaque id of a version; `current` for what the item is now', example: 'ver_2k' })

export const VersionEntry = z.lazy(() =>
  z
    .object({
      id: z.string(),
      side: z.enum(['igny8', 'wordpress']).meta({
        description:
          '`igny8`: what both sides got, unless it could not be sent. `wordpress`: what the post was while IGNY8 had another text',
      }),
      at: Timestamp.nullable().meta({ description: 'When it came to be; null if that is not known any more' }),
      until: Timestamp.nullable().meta({
        description: 'When another took its place in IGNY8; it is kept for 30 days from then. Null for the current one',
      }),
      action: z
        .enum(VERSION_ACTIONS)
        .nullable()
        .meta({
          description:
            '`read`: somebody changed the post in WordPress. `send`: WordPress stored what it was sent in this form. ' +
            'Null if it is not known any more',
        }),
      actor: ActorRef.nullable().meta({ description: 'Who made it in IGNY8; null for WordPress, or if not known' }),
      wordpress_user: z.string().nullable().meta({ description: 'Who saved the post, as far as the site says' }),
      source: z.string().nullable().meta({
        description: 'Id of the run, bulk job, restore of the site, or version that it came from; null without one',
      }),
      fields: z.array(z.string()).meta({
        description: 'Fields in which it differs from the version before: `title`, `terms.category`, `meta.price` …',
      }),
      deleted: z.boolean().meta({ description: 'Whether the item was deleted permanently, and kept this text' }),
      revision: z.number().int().nullable().meta({ description: 'Revision of the item; null for the site’s side' }),
    })
    .meta({ id: 'VersionEntry' }),
)
export type VersionEntry = z.infer<typeof VersionEntry>

export const PastVersion = z.lazy(() =>
  VersionEntry.unwrap()
    .extend({ content: ItemVersion.meta({ description: 'The whole version' }) })
    .meta({ id: 'PastVersion' }),
)
export type PastVersion = z.infer<typeof PastVersion>

export const VersionRestore = z.lazy(() =>
  z
    .object({
      if_revision: z
        .number()
        .int()
        .meta({ description: 'The revision that the caller saw; refused with 409 if the item has another' }),
      fields: z
        .array(z.string().min(1).max(300))
        .min(1)
        .max(500)
        .optional()
        .meta({ description: 'Only these fields; without it, every field in which the version differs' }),
    })
    .strict()
    .meta({ id: 'VersionRestore' }),
)
export type VersionRestore = z.infer<typeof VersionRestore>
