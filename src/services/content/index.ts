import type { Item, ItemCreate, ItemUpdate, Resolution } from '../../contract/content.ts'
import type { ServiceContext } from '../context.ts'
import { unwrap } from '../site-calls.ts'
import { withHtmlBody } from './markdown.ts'
import { assertMayDelete } from './may-delete.ts'
import { sendChange } from './send-change.ts'
import { assertSite, loadContentSite } from './site.ts'

export { listItems } from './list.ts'
export { getVersion, listVersions, restoreVersion } from './versions.ts'

/** As many as other ids have. */
const ITEM_ID_DIGITS = 32

interface ItemInput {
  siteId: string
  itemId: string
}

/** @throws ServiceError `site_not_found`, `item_not_found` */
export async function getItem({ ctx, input }: { ctx: ServiceContext; input: ItemInput }): Promise<Item> {
  const { siteId, itemId } = input
  await assertSite({ ctx, siteId })
  return unwrap(await ctx.site(siteId).getItem(siteId, itemId))
}

/**
 * Creates an item. WordPress gets it at once if two-way sync is on, else with the next sync. A repeat of a request whose
 * answer was lost finds the item by its id, which comes from the Idempotency-Key.
 * @throws ServiceError `site_not_found`, `parent_not_found`, `future_date_required`, `item_too_large`,
 *   `api_key_revoked`
 */
export async function createItem({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string; item: ItemCreate }
}): Promise<Item> {
  const site = await loadContentSite({ ctx, siteId: input.siteId })
  const id = ctx.onceId === undefined ? undefined : `item_${ctx.onceId.slice(0, ITEM_ID_DIGITS)}`
  const item = unwrap(await ctx.site(input.siteId).createItem(site.key, await withHtmlBody(input.item), id))
  await sendChange(ctx, site)
  return item
}

/**
 * Changes the IGNY8 side of an item.
 * @throws ServiceError `site_not_found`, `item_not_found`, `conflict` if it changed since `if_revision`,
 *   `item_deleted`, `item_unreadable`, `body_read_only`, `seo_unavailable`, `robots_unsupported`, `parent_not_found`,
 *   `future_date_required`, `item_too_large`, `api_key_revoked`
 */
export async function updateItem({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string; itemId: string; patch: ItemUpdate }
}): Promise<Item> {
  const { siteId, itemId, patch } = input
  const site = await loadContentSite({ ctx, siteId })
  const item = unwrap(await ctx.site(siteId).updateItem(site.key, itemId, await withHtmlBody(patch)))
  await sendChange(ctx, site)
  return item
}

/**
 * Moves an item to the trash: here at once, in WordPress when the change is sent. With `permanently`, deletes one that
 * is in the trash, which people need the role admin for. Repeating either changes nothing.
 * @throws ServiceError `site_not_found`, `item_not_found`, `role_too_low`, `not_in_trash`, `trash_off`, `type_denied`,
 *   `item_unreadable`, `api_key_revoked`
 */
export async function deleteItem({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ItemInput & { permanently: boolean }
}): Promise<void> {
  const { siteId, itemId, permanently } = input
  if (permanently) assertMayDelete(ctx.actor)
  const site = await loadContentSite({ ctx, siteId })
  unwrap(await ctx.site(siteId).moveItem(site.key, itemId, permanently ? 'delete' : 'trash'))
  await sendChange(ctx, site)
}

/**
 * Brings an item back from the trash or from its deletion, as a draft.
 * @throws ServiceError `site_not_found`, `item_not_found`, `nothing_to_restore`, `item_unreadable`, `type_denied`,
 *   `api_key_revoked`
 */
export async function restoreItem({ ctx, input }: { ctx: ServiceContext; input: ItemInput }): Promise<Item> {
  const { siteId, itemId } = input
  const site = await loadContentSite({ ctx, siteId })
  const item = unwrap(await ctx.site(siteId).moveItem(site.key, itemId, 'restore'))
  await sendChange(ctx, site)
  return item
}

/**
 * Resolves an item's conflict as the editor chose. It can be undone.
 * @throws ServiceError `site_not_found`, `item_not_found`, `conflict` if it changed since `if_revision`, `no_conflict`,
 *   `resolution_incomplete`, `future_date_required`, `api_key_revoked`
 */
export async function resolveItem({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string; itemId: string; resolution: Resolution }
}): Promise<Item> {
  const { siteId, itemId, resolution } = input
  const site = await loadContentSite({ ctx, siteId })
  const item = unwrap(await ctx.site(siteId).resolveItem(site.key, itemId, resolution))
  await sendChange(ctx, site)
  return item
}

/**
 * Reopens an item's last resolved conflict. Sends nothing; the next resolution does.
 * @throws ServiceError `site_not_found`, `item_not_found`, `nothing_to_undo`, `api_key_revoked`
 */
export async function undoResolution({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string; itemId: string }
}): Promise<Item> {
  const { siteId, itemId } = input
  const { key } = await loadContentSite({ ctx, siteId })
  return unwrap(await ctx.site(siteId).undoItem(key, itemId))
}

/**
 * Retries a failed item now.
 * @throws ServiceError `site_not_found`, `item_not_found`, `not_failed`, `api_key_revoked`
 */
export async function retryItem({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { siteId: string; itemId: string }
}): Promise<Item> {
  const { siteId, itemId } = input
  const site = await loadContentSite({ ctx, siteId })
  const item = unwrap(await ctx.site(siteId).retryItem(site.key, itemId))
  await sendChange(ctx, site)
  return item
}
