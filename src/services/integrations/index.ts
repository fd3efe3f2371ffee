import { and, asc, eq, gt } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { Integration } from '../../contract/integrations.ts'
import { integrations } from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { presentedColumns, presentIntegration } from './present.ts'
import { tenantFilter } from '../tenant.ts'
import { readCursor, toPage } from '../wire.ts'
export { claimFarChecks, claimOverdueChecks } from './claim-due.ts'
export { getContentTypes, listAuthors, presetTypes, updateContentTypes, updateStructure } from './content-types.ts'
export { findActingUserChange } from './acting-user.ts'
export { describeContentTypes, presentedColumns, presentIntegration } from './present.ts'
export { diagnoseIntegration, getDebugStatus, getSyncStatus, testIntegration } from './status.ts'
export { assertSupported, createIntegration, deleteIntegration, updateIntegration } from './write.ts'

type ListInput = ListQuery & { site_id?: string | undefined }

/** The caller's integrations, oldest first. @throws ServiceError `invalid_cursor` */
export async function listIntegrations({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ListInput
}): Promise<Page<Integration>> {
  const after = readCursor(input.cursor)
  const rows = await ctx.db
    .select(presentedColumns)
    .from(integrations)
    .where(
      and(
        tenantFilter(ctx.actor, integrations),
        input.site_id === undefined ? undefined : eq(integrations.siteId, input.site_id),
        after === null ? undefined : gt(integrations.id, after),
      ),
    )
    .orderBy(asc(integrations.id))
    .limit(input.limit + 1)
  return toPage(rows, input.limit, presentIntegration)
}

/** @throws ServiceError `integration_not_found` */
export async function getIntegration({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<Integration> {
  const [row] = await ctx.db
    .select(presentedColumns)
    .from(integrations)
    .where(and(eq(integrations.id, input.id), tenantFilter(ctx.actor, integrations)))
    .limit(1)
  if (!row) throw new ServiceError('integration_not_found')
  return presentIntegration(row)
}
