import { and, eq, sql } from 'drizzle-orm'
import type { ContentTypes, ContentTypesUpdate, StructureStored } from '../../contract/content-types.ts'
import type { Page } from '../../contract/common.ts'
import type { SiteAuthor, StructurePush } from '../../contract/structure.ts'
import { recordEvent } from '../../db/record-event.ts'
import { integrations } from '../../db/schema/index.ts'
import { isSignedByLink, readKnownSecrets, type SignedRequest } from '../link.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { storeActingUser } from './acting-user.ts'
import { describeContentTypes, healthColumns } from './present.ts'
import { assertKeyMayWrite, publishChange, toRpcCall, unwrap } from '../site-calls.ts'
import { type IntegrationRow, loadIntegration, tenantFilter } from '../tenant.ts'

/**
 * The content types with settings and counts. Reads one row, so the cost doesn't grow with the content.
 * @throws ServiceError `integration_not_found`
 */
export async function getContentTypes({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<ContentTypes> {
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

/**
 * The users whom the site offers as authors, as its last structure says.
 * @throws ServiceError `integration_not_found`
 */
export async function listAuthors({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<Page<SiteAuthor>> {
  const { structure } = await loadIntegration({ ctx, id: input.id })
  return { results: structure?.authors ?? [], next: null }
}

/** @throws ServiceError `unknown_content_type` with one field error per type that the site doesn't have */
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

/** @throws ServiceError `type_denied` with one field error per type that the site's owner denies */
function assertAllowedTypes(row: IntegrationRow, patch: ContentTypesUpdate): void {
  const errors = (['post_types', 'taxonomies'] as const).flatMap((kind) =>
    Object.entries(patch[kind] ?? {})
      .filter(([slug, { enabled }]) => enabled === true && row.structure?.[kind][slug]?.denied === true)
      .map(([slug]) => ({
        path: `body.${kind}.${slug}.enabled`,
        code: 'type_denied',
        message: 'the site’s owner has switched it off in WordPress',
      })),
  )
  if (errors.length > 0) throw new ServiceError('type_denied', undefined, { errors })
}

/**
 * Stores an editor's settings per type. The database merges them, so two editors who change different types at once
 * both keep their changes.
 * @throws ServiceError `integration_not_found`, `unknown_content_type`, `type_denied`
 */
export async function updateContentTypes({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch: ContentTypesUpdate }
}): Promise<ContentTypes> {
  await assertKeyMayWrite(ctx)
  const before = await loadIntegration({ ctx, id: input.id })
  assertKnownTypes(before, input.patch)
  assertAllowedTypes(before, input.patch)
  const merged = sql`json_patch(${integrations.typeSettings}, ${JSON.stringify(input.patch)})`
  const [after] = await ctx.db
    .update(integrations)
    .set({ typeSettings: merged, updatedAt: new Date(ctx.now()) })
    .where(and(eq(integrations.id, input.id), tenantFilter(ctx.actor, integrations)))
    .returning()
  if (!after) throw new ServiceError('integration_not_found')
  await recordEvent(ctx, before, { action: 'update_content_types', startedAt: ctx.now() })
  publishChange(ctx, after.siteId)
  return describeContentTypes(after)
}

/**
 * Stores what a person chose before the site has sent its structure: a type that the site turns out not to have stays
 * without effect.
 */
export async function presetTypes({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; settings: ContentTypesUpdate }
}): Promise<void> {
  if (Object.keys(input.settings).length === 0) return
  const merged = sql`json_patch(${integrations.typeSettings}, ${JSON.stringify(input.settings)})`
  await ctx.db
    .update(integrations)
    .set({ typeSettings: merged, updatedAt: new Date(ctx.now()) })
    .where(and(eq(integrations.id, input.id), tenantFilter(ctx.actor, integrations)))
}

interface PushInput {
  id: string
  push: StructurePush
  /** The raw request, for its signature. */
  message: SignedRequest
}

/**
 * Stores the structure that a plugin pushes. An API key names its site, so no row is loaded first: the object's write
 * names account, site and integration, and matches no row if they don't belong together. The acting user counts only
 * with the link's signature: it goes into the audit log.
 * @throws ServiceError `integration_not_found`, `api_key_revoked`
 */
export async function updateStructure({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: PushInput
}): Promise<StructureStored> {
  const { actor } = ctx
  const { acting_user: actingUser, ...structure } = input.push
  const ref =
    actor.kind === 'api_key'
      ? { id: input.id, accountId: actor.accountId, siteId: actor.siteId }
      : await loadIntegration({ ctx, id: input.id })
  const stored = unwrap(await ctx.site(ref.siteId).storeStructure(toRpcCall(ctx, ref), structure))
  if (actingUser && input.message.headers.has('webhook-signature')) {
    const row = await loadIntegration({ ctx, id: input.id })
    if (await isSignedByLink(ctx, await readKnownSecrets(ctx, row), input.message))
      await storeActingUser({ ctx, input: { row, actingUser } })
  }
  return stored
}
