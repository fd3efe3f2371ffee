import * as z from 'zod'
import { Count, SiteId, Timestamp } from './common.ts'

/** Why a line of a file was not carried out. */
export const IMPORT_CODES = [
  'differs',
  'item_too_large',
  'broken_text',
  'not_linked',
  'deleted_there',
  'item_not_imported',
  'settings_not_chosen',
  'type_unknown',
  'no_integration',
  'comes_from_site',
  'is_record',
] as const
export type ImportCode = (typeof IMPORT_CODES)[number]

const ImportId = z
  .lazy(() => z.string().max(64))
  .meta({ description: 'Opaque id of an import', example: 'imp_019d8f0c6b7e7c3fb1d2a4e5f6071829' })

export const ImportOptions = z.lazy(() =>
  z
    .object({
      replace: z.boolean().default(false).meta({
        description:
          'Items that exist and differ get the text of the file, as if somebody had edited them. False: they are named and stay',
      }),
      settings: z.boolean().default(false).meta({
        description: 'Takes the conflict policy, the authors and the choice of content types over',
      }),
    })
    .strict()
    .meta({ id: 'ImportOptions' }),
)
export type ImportOptions = z.infer<typeof ImportOptions>

const ImportCounts = z.lazy(() =>
  z.object({
    created: Count.meta({ description: 'Items that were not here' }),
    replaced: Count.meta({ description: 'Items that got the text of the file' }),
    unchanged: Count.meta({ description: 'Items that were here already' }),
    linked: Count.meta({ description: 'Of the created ones, those that are still linked to their posts' }),
    refused: z
      .partialRecord(z.enum(IMPORT_CODES), Count)
      .meta({ description: 'Lines that were left out, by the reason' }),
  }),
)
export type ImportCounts = z.infer<typeof ImportCounts>

export const SiteImport = z.lazy(() =>
  z
    .object({
      id: ImportId,
      site_id: SiteId,
      state: z.enum(['receiving', 'whole', 'applying', 'done']).meta({
        description:
          '`receiving`: parts are expected. `whole`: the file is here and intact; call `apply`. `applying`, `done`',
      }),
      ...ImportOptions.unwrap().shape,
      started_at: Timestamp,
      next_part: Count.meta({ description: 'The part that is expected, from 1 on' }),
      lines: Count.meta({ description: 'Lines that have come' }),
      lines_done: Count.meta({ description: 'Lines that were carried out or refused' }),
      is_same_site: z.boolean().meta({
        description: 'Whether the site is connected to the address of the file: only then items stay linked to posts',
      }),
      counts: ImportCounts,
    })
    .meta({ id: 'SiteImport' }),
)
export type SiteImport = z.infer<typeof SiteImport>

export const ImportRefusal = z.lazy(() =>
  z
    .object({
      line: Count.meta({ description: 'Line of the file' }),
      kind: z.string(),
      item_id: z.string().nullable(),
      title: z.string().meta({ description: 'Of an item' }),
      code: z.enum(IMPORT_CODES),
    })
    .meta({ id: 'ImportRefusal' }),
)
export type ImportRefusal = z.infer<typeof ImportRefusal>
export interface ImportRefusals {
  results: ImportRefusal[]
  next: number | null
}
