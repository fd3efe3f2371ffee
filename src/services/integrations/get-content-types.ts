import { and, eq } from 'drizzle-orm'
import type { ContentTypes } from '../../contract/content-types.ts'
import { integrations } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { describeContentTypes } from './content-types.ts'
import { healthColumns } from './health.ts'

/**
 * The Content Types tab in one query of one row: its cost doesn't depend on how much content there is.
 * @throws ServiceError `integration_not_found`
 */
export async function getContentTypes({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<ContentTypes> {
  const [row] = await ctx.db
    .select({
      ...healthColumns,
      structure: integrations.structure,
      structureFetchedAt: integrations.structureFetchedAt,
      typeSettings: integrations.typeSettings,
      counts: integrations.counts,
      countsAsOf: integrations.countsAsOf,
    })
    .from(integrations)
    .where(and(eq(integrations.id, input.id), tenantFilter(ctx.actor, integrations)))
    .limit(1)
  if (!row) throw new ServiceError('integration_not_found')
  return describeContentTypes(row)
}
