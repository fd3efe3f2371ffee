import * as z from 'zod'
import { API_PREFIX, listOf, ListQuery, SiteId } from '../contract/common.ts'
import { AccountExportQuery, ExportLine } from '../contract/deletion.ts'
import { ImportOptions, ImportRefusal, SiteImport } from '../contract/imports.ts'
import { exportSite } from '../services/export/site.ts'
import { applyImport, dropImport, getImport, listRefusals, sendPart, startImport } from '../services/imports/index.ts'
import { accepted, created, defineRoute, noContent, ok, type Route } from './define.ts'
import { streamLines } from './stream-lines.ts'

const SITE = `${API_PREFIX}/sites/:site_id`
const IMPORT = `${SITE}/import`

const Params = z.lazy(() => z.object({ site_id: SiteId }))
const ImportParams = z.lazy(() => Params.unwrap().extend({ import_id: z.string().max(64) }))
const PartParams = z.lazy(() =>
  ImportParams.unwrap().extend({
    part: z.coerce.number().int().min(1).max(1_000_000).meta({ description: 'Number of the part, from 1 on' }),
  }),
)
const common = { tag: 'files', throttle: 'integration', access: { kind: 'person', role: 'admin' } } as const
const ofFile = ['file_unknown', 'file_incomplete', 'part_out_of_order'] as const

export const siteFileRoutes: Route[] = [
  defineRoute({
    ...common,
    access: { ...common.access, duringSuspension: true },
    // a write, since it is recorded, and since nobody should get it by following a link
    method: 'post',
    path: `${SITE}/export`,
    operationId: 'exportSite',
    records: 'site.exported',
    summary: 'Export a site',
    description:
      'Its items with all their versions, settings, structure, terms and events, one JSON object a line. The last line proves that the file is whole. A large site comes in parts, like the export of an account. Secrets are left out.',
    withoutIdempotency: true,
    params: Params,
    query: AccountExportQuery,
    errors: ['site_not_found', 'invalid_cursor'],
    responses: { 200: { description: 'The lines', schema: ExportLine, contentType: 'application/x-ndjson' } },
    handle: async ({ ctx, params, query }) => {
      const lines = await exportSite({ ctx, input: { siteId: params.site_id, ...query } })
      return { status: 200, response: await streamLines(lines, 'igny8-site.ndjson') }
    },
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: IMPORT,
    operationId: 'startImport',
    records: { nothing: 'nothing is changed before it is carried out' },
    summary: 'Start an import',
    description:
      'Of the export of a site, into this one. Send its parts next, then `apply`. One that was waiting for parts is dropped.',
    params: Params,
    body: ImportOptions,
    responses: { 201: { description: 'The import', schema: SiteImport } },
    errors: ['site_not_found', 'import_running'],
    handle: async ({ ctx, params, body }) =>
      created(await startImport({ ctx, input: { siteId: params.site_id, options: body } })),
  }),
  defineRoute({
    ...common,
    method: 'put',
    path: `${IMPORT}/:import_id/parts/:part`,
    operationId: 'sendImportPart',
    records: { nothing: 'nothing is changed before it is carried out' },
    summary: 'Send a part of the file',
    description:
      'Cut the file after any line `check`. Parts are numbered from 1; sending one twice is harmless. Every line is checked, and a refusal names it.',
    withoutIdempotency: true,
    upload: true,
    params: PartParams,
    responses: { 200: { description: 'The import', schema: SiteImport } },
    errors: ['site_not_found', 'import_not_found', ...ofFile],
    handle: async ({ ctx, params, bytes }) => {
      const { site_id: siteId, import_id: importId, part } = params
      return ok(await sendPart({ ctx, input: { siteId, importId, part, bytes: await bytes() } }))
    },
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${IMPORT}/:import_id/apply`,
    operationId: 'applyImport',
    records: { oneOf: ['site.imported', 'integration.updated'], unless: 'it is being carried out, or was' },
    summary: 'Carry an import out',
    description:
      'In the background; read the import until it is `done`. Items that exist and differ are named and stay, unless `replace` was chosen. What was carried out once changes nothing a second time.',
    params: ImportParams,
    responses: { 202: { description: 'The import', schema: SiteImport } },
    errors: ['site_not_found', 'import_not_found', 'file_incomplete', 'integration_not_found'],
    handle: async ({ ctx, params }) =>
      accepted(await applyImport({ ctx, input: { siteId: params.site_id, importId: params.import_id } })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: IMPORT,
    operationId: 'getImport',
    summary: 'Retrieve the import',
    description: 'The one under way, or the last one: it is kept for a week.',
    params: Params,
    responses: { 200: { description: 'The import', schema: SiteImport } },
    errors: ['site_not_found', 'import_not_found'],
    handle: async ({ ctx, params }) => ok(await getImport({ ctx, input: { siteId: params.site_id } })),
  }),
  defineRoute({
    ...common,
    method: 'delete',
    path: IMPORT,
    operationId: 'dropImport',
    records: { nothing: 'nothing was changed' },
    summary: 'Drop an import that was not carried out',
    params: Params,
    responses: { 204: { description: 'Dropped', schema: null } },
    errors: ['site_not_found', 'import_not_found', 'import_running'],
    handle: async ({ ctx, params }) => {
      await dropImport({ ctx, input: { siteId: params.site_id } })
      return noContent()
    },
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${IMPORT}/refusals`,
    operationId: 'listImportRefusals',
    summary: 'List what the import left out',
    params: Params,
    query: ListQuery,
    responses: { 200: { description: 'One page, in the order of the file', schema: listOf(ImportRefusal) } },
    errors: ['site_not_found', 'import_not_found', 'invalid_cursor'],
    handle: async ({ ctx, params, query }) =>
      ok(await listRefusals({ ctx, input: { siteId: params.site_id, ...query } })),
  }),
]
