import { and, eq } from 'drizzle-orm'
import type { Integration } from '../../contract/integrations.ts'
import { integrations } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { presentedColumns, presentIntegration } from './internal.ts'

/** @throws ServiceError `integration_not_found` */
export async function getIntegration({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<Integration> {
  const [row] = await ctx.db
    .select(presentedColumns)
    .from(integrations)
    .where(and(eq(integrations.id, input.id), tenantFilter(ctx.actor, integrations)))
    .limit(1)
  if (!row) throw new ServiceError('integration_not_found')
  return presentIntegration(row)
}
