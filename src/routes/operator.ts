import * as z from 'zod'
import { API_PREFIX, listOf, SiteId } from '../contract/common.ts'
import {
  Backup,
  BackupCursor,
  BackupLine,
  DeploymentRestore,
  DeploymentRestoreRequest,
  FinishedRestore,
  KeysProgress,
  LoadProgress,
  RewindRequest,
  Rewound,
  SiteRef,
} from '../contract/operator.ts'
import { Restore, RestorePlan, RestoreRequest } from '../contract/restores.ts'
import { NO_SUM } from '../contract/site-file.ts'
import { listBackupSites, readDatabase, readObject, startBackup } from '../services/operator/backups.ts'
import { rebuildKeys } from '../services/operator/keys.ts'
import {
  finishRestore,
  loadDatabasePart,
  loadObjectPart,
  startDeploymentRestore,
  wakeSite,
} from '../services/operator/restores.ts'
import {
  listSiteRestores,
  planSiteRestore,
  restoreSite,
  rewindSite,
  undoSiteRestore,
} from '../services/operator/sites.ts'
import { accepted, created, defineRoute, noContent, ok, type Route } from './define.ts'
import { streamLines } from './stream-lines.ts'

const OPERATOR = `${API_PREFIX}/operator`
const BACKUP = `${OPERATOR}/backups/:backup_id`
const RESTORE = `${OPERATOR}/restores/:restore_id`
const SITE = `${OPERATOR}/sites/:site_id`

const Id = z.string().max(120)
const BackupParams = z.lazy(() => z.object({ backup_id: Id }))
const RestoreParams = z.lazy(() => z.object({ restore_id: Id }))
const SiteParams = z.lazy(() => z.object({ site_id: SiteId }))
const part = z.coerce.number().int().min(1).max(1_000_000)
const database = z.string().max(40)
const Cursor = z.lazy(() => z.object({ cursor: z.string().max(800).optional() }))

const common = {
  tag: 'operator',
  throttle: 'operator',
  access: { kind: 'operator' },
  withoutIdempotency: true,
} as const
const LINES = { description: 'The lines', schema: BackupLine, contentType: 'application/x-ndjson' }
const ofFile = ['file_unknown', 'file_incomplete', 'backup_newer', 'restore_not_found'] as const
const LOADED = { nothing: 'recorded when the restore is finished' } as const

export const operatorRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'post',
    path: `${OPERATOR}/backups`,
    operationId: 'startBackup',
    records: 'operator.backup_started',
    summary: 'Start a backup',
    description: 'Its id is good for a day. `npm run backup` does all of it.',
    responses: { 201: { description: 'The backup', schema: Backup } },
    handle: async ({ ctx }) => created(await startBackup({ ctx })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${BACKUP}/sites`,
    operationId: 'listBackupSites',
    summary: 'List the sites of all accounts',
    params: BackupParams,
    query: Cursor,
    responses: { 200: { description: 'One page, by id', schema: listOf(SiteRef) } },
    errors: ['backup_not_found'],
    handle: async ({ ctx, params, query }) =>
      ok(await listBackupSites({ ctx, input: { backupId: params.backup_id, ...query } })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${BACKUP}/databases/:database`,
    operationId: 'readBackupDatabase',
    summary: 'Read all rows of a D1 database',
    description: 'A part whose last line is `page` goes on with its `next` as `cursor`.',
    params: z.lazy(() => BackupParams.unwrap().extend({ database })),
    query: BackupCursor,
    responses: { 200: LINES },
    errors: ['backup_not_found', 'not_found', 'invalid_cursor'],
    handle: async ({ ctx, params, query }) => {
      const input = { backupId: params.backup_id, database: params.database, ...query }
      return {
        status: 200,
        response: await streamLines(await readDatabase({ ctx, input }), `${params.database}.ndjson`),
      }
    },
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${BACKUP}/sites/:site_id`,
    operationId: 'readBackupSite',
    summary: 'Read everything that a site’s object holds',
    description:
      'As it was when its first page was read. A part whose last line is `page` goes on with its `next` as `cursor`.',
    params: z.lazy(() => BackupParams.unwrap().extend({ site_id: SiteId })),
    query: BackupCursor,
    responses: { 200: LINES },
    errors: ['backup_not_found', 'invalid_cursor', 'dump_ended'],
    handle: async ({ ctx, params, query }) => {
      const input = { backupId: params.backup_id, siteId: params.site_id, ...query }
      return { status: 200, response: await streamLines(await readObject({ ctx, input }), 'site.ndjson') }
    },
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${OPERATOR}/restores`,
    operationId: 'startDeploymentRestore',
    records: LOADED,
    summary: 'Start the restore of a backup',
    description:
      'Into databases that are empty, by a deployment with the secrets of the one that was backed up; or of the objects of some sites. `npm run restore` does all of it.',
    body: DeploymentRestoreRequest,
    responses: { 201: { description: 'The restore', schema: DeploymentRestore } },
    errors: ['secrets_differ', 'database_not_empty'],
    handle: async ({ ctx, body }) => created(await startDeploymentRestore({ ctx, input: body })),
  }),
  defineRoute({
    ...common,
    method: 'put',
    path: `${RESTORE}/sites/:site_id/parts/:part`,
    operationId: 'loadSitePart',
    records: LOADED,
    summary: 'Load a part of a site’s object',
    description: 'Parts are numbered from 1; sending one twice is harmless. The object rests until it is woken.',
    upload: true,
    params: z.lazy(() => RestoreParams.unwrap().extend({ site_id: SiteId, part })),
    query: z.lazy(() =>
      z.object({ replace: z.stringbool().default(false).meta({ description: 'Replaces content that it has' }) }),
    ),
    responses: { 200: { description: 'Where it goes on', schema: LoadProgress } },
    errors: [...ofFile, 'part_out_of_order', 'object_not_empty'],
    handle: async ({ ctx, params, query, bytes }) => {
      const { restore_id: restoreId, site_id: siteId } = params
      const input = { restoreId, siteId, part: params.part, bytes: await bytes(), replaces: query.replace }
      return ok(await loadObjectPart({ ctx, input }))
    },
  }),
  defineRoute({
    ...common,
    method: 'put',
    path: `${RESTORE}/databases/:database/parts/:part`,
    operationId: 'loadDatabasePart',
    records: LOADED,
    summary: 'Load a part of a D1 database',
    upload: true,
    params: z.lazy(() => RestoreParams.unwrap().extend({ database, part })),
    query: z.lazy(() =>
      z.object({
        lines: z.coerce.number().int().min(0).default(0).meta({ description: '`lines` of the answer before' }),
        sum: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .default(NO_SUM)
          .meta({ description: '`sum` of the answer before' }),
      }),
    ),
    responses: { 200: { description: 'Where it goes on', schema: LoadProgress } },
    errors: [...ofFile, 'not_found'],
    handle: async ({ ctx, params, query, bytes }) => {
      const { restore_id: restoreId, database: name } = params
      const input = { restoreId, database: name, part: params.part, bytes: await bytes(), ...query }
      return ok(await loadDatabasePart({ ctx, input }))
    },
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${RESTORE}/sites/:site_id/wake`,
    operationId: 'wakeSite',
    records: { oneOf: ['site.restored'], unless: 'all sites are restored' },
    summary: 'Wake the object of a site that was loaded',
    params: z.lazy(() => RestoreParams.unwrap().extend({ site_id: SiteId })),
    responses: { 204: { description: 'It works again', schema: null } },
    errors: ['restore_not_found', 'site_not_found', 'file_incomplete'],
    handle: async ({ ctx, params }) => {
      await wakeSite({ ctx, input: { restoreId: params.restore_id, siteId: params.site_id } })
      return noContent()
    },
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${RESTORE}/keys`,
    operationId: 'rebuildKeys',
    records: LOADED,
    summary: 'Make the copies of API keys at the edge what D1 says',
    params: RestoreParams,
    query: Cursor,
    responses: { 200: { description: 'How far it is', schema: KeysProgress } },
    errors: ['restore_not_found', 'invalid_cursor'],
    handle: async ({ ctx, params, query }) =>
      ok(await rebuildKeys({ ctx, input: { restoreId: params.restore_id, ...query } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${RESTORE}/finish`,
    operationId: 'finishRestore',
    records: 'operator.restored',
    summary: 'Finish a restore',
    params: RestoreParams,
    responses: { 200: { description: 'What there is now', schema: FinishedRestore } },
    errors: ['restore_not_found'],
    handle: async ({ ctx, params }) => ok(await finishRestore({ ctx, input: { restoreId: params.restore_id } })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${SITE}/restore-plan`,
    operationId: 'planSiteRestore',
    summary: 'Plan to put a site back to a moment',
    params: SiteParams,
    query: RestoreRequest,
    responses: { 200: { description: 'What it would change', schema: RestorePlan } },
    errors: ['site_not_found', 'moment_not_kept'],
    handle: async ({ ctx, params, query }) =>
      ok(await planSiteRestore({ ctx, input: { siteId: params.site_id, ...query } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${SITE}/restores`,
    operationId: 'restoreSite',
    records: 'site.restored',
    summary: 'Put a site back to a moment',
    description:
      'Its items get the text that they had in IGNY8, as if somebody had edited them: the next sync sends it, and what changed in WordPress meanwhile conflicts. In the background.',
    params: SiteParams,
    body: RestoreRequest,
    responses: { 202: { description: 'The restore', schema: Restore } },
    errors: ['site_not_found', 'moment_not_kept', 'restore_running'],
    handle: async ({ ctx, params, body }) =>
      accepted(await restoreSite({ ctx, input: { siteId: params.site_id, ...body } })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${SITE}/restores`,
    operationId: 'listSiteRestores',
    summary: 'List the restores of a site',
    params: SiteParams,
    responses: { 200: { description: 'The last hundred, newest first', schema: listOf(Restore) } },
    errors: ['site_not_found'],
    handle: async ({ ctx, params }) =>
      ok({ results: await listSiteRestores({ ctx, input: { siteId: params.site_id } }), next: null }),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${SITE}/restores/:restore_id/undo`,
    operationId: 'undoSiteRestore',
    records: 'site.restored',
    summary: 'Take a restore back',
    description: 'Its items get what they had before, unless they were changed since. In the background.',
    params: z.lazy(() => SiteParams.unwrap().extend({ restore_id: Id })),
    responses: { 202: { description: 'The undo', schema: Restore } },
    errors: ['site_not_found', 'restore_not_found', 'nothing_to_undo', 'moment_not_kept', 'restore_running'],
    handle: async ({ ctx, params }) =>
      accepted(await undoSiteRestore({ ctx, input: { siteId: params.site_id, restoreId: params.restore_id } })),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${SITE}/rewind`,
    operationId: 'rewindSite',
    records: 'site.restored',
    summary: 'Wind a site’s object back by the platform',
    description:
      'The whole object, for an object that is damaged: point-in-time recovery of its storage. Where WordPress was changed since, the next sync asks.',
    params: SiteParams,
    body: RewindRequest,
    responses: { 200: { description: 'It is wound back', schema: Rewound } },
    errors: ['site_not_found', 'rewind_unavailable'],
    handle: async ({ ctx, params, body }) => ok(await rewindSite({ ctx, input: { siteId: params.site_id, ...body } })),
  }),
]
