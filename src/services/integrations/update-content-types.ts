import { and, eq, sql } from 'drizzle-orm'
import type { ContentTypes, ContentTypesUpdate } from '../../contract/content-types.ts'
import { integrations } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { recordEvent } from '../../db/record-event.ts'
import { publishChange } from '../live/publish.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { assertKeyMayWrite } from './assert-key.ts'
import { describeContentTypes } from './content-types.ts'
import { loadIntegration, type IntegrationRow } from './internal.ts'

/** @throws ServiceError `unknown_content_type` with one entry per type that the site doesn't have */
function assertKnownTypes(row: IntegrationRow, patch: ContentTypesUpdate): void {
  const errors = (['post_types', 'taxonomies'] as const).flatMap((kind) =>
    Object.keys(patch[kind] ?? {})
      .filter((slug) => !Object.hasOwn(row.structure?.[kind] ?? {}, slug))
      .map((slug) => ({
        path: `body.${kind}.${slug}`,
        code: 'unknown_content_type',
        message: 'the site has no such type',
      })),
  )
  if (errors.length > 0) throw new ServiceError('unknown_content_type', undefined, { errors })
}

/**
 * Stores what an editor chose per type. The merge happens in the database, so that two editors who change different
 * types at once both keep their change.
 * @throws ServiceError `integration_not_found`, `unknown_content_type`
 */
export async function updateContentTypes({
  ctx,
  input,
}: {
  ctx: Context
  input: { id: string; patch: ContentTypesUpdate }
}): Promise<ContentTypes> {
  await assertKeyMayWrite(ctx)
  const before = await loadIntegration({ ctx, id: input.id })
  assertKnownTypes(before, input.patch)
  const merged = sql`json_patch(${integrations.typeSettings}, ${JSON.stringify(input.patch)})`
  const [rows] = await ctx.db.batch([
    ctx.db
      .update(integrations)
      .set({ typeSettings: merged, updatedAt: new Date(ctx.now()) })
      .where(and(eq(integrations.id, input.id), tenantFilter(ctx.actor, integrations)))
      .returning(),
    recordEvent(ctx, before, { action: 'update_content_types', startedAt: ctx.now() }),
  ])
  const after = rows[0]
  if (!after) throw new ServiceError('integration_not_found')
  publishChange(ctx, after.siteId)
  return describeContentTypes(after)
}
