import type { ListQuery, Page } from '../../contract/common.ts'
import type { Item, ItemCreate, ItemFilter, ItemSummary, ItemUpdate, Resolution } from '../../contract/content.ts'
import { ROLES } from '../../contract/people.ts'
import { log } from '../../lib/log.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { unwrap } from '../site-calls.ts'
import { withHtmlBody } from './markdown.ts'
import { assertSite, type ContentSite, loadContentSite } from './site.ts'

const CURSOR = /^row_([1-9a-z][0-9a-z]{0,10})$/
const RADIX = 36
/** As many as other ids have. */
const ITEM_ID_DIGITS = 32

/** The cursor of the page after this row; null after the last page. */
const toRowCursor = (row: number | null): string | null => (row === null ? null : `row_${row.toString(RADIX)}`)

/** The row in a cursor. @throws ServiceError `invalid_cursor` */
function readRowCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  const row = Number.parseInt(CURSOR.exec(cursor)?.[1] ?? '', RADIX)
  if (!Number.isSafeInteger(row)) throw new ServiceError('invalid_cursor')
  return row
}

/** Queues a stored change for sending. If that fails, the next sync sends it. */
async function sendChange(ctx: ServiceContext, { twoWay }: ContentSite): Promise<void> {
  if (!twoWay) return
  try {
    const queued = await ctx.site(twoWay.siteId).enqueueChange(twoWay)
    if (!queued.ok) log.warn('change not queued', { site_id: twoWay.siteId, code: queued.code })
  } catch (cause) {
    log.warn('change not queued', { site_id: twoWay.siteId, cause })
  }
}

type ListInput = ListQuery & ItemFilter & { siteId: string }

/** The items of a site, newest first. @throws ServiceError `site_not_found`, `invalid_cursor` */
export async function listItems({ ctx, input }: { ctx: ServiceContext; input: ListInput }): Promise<Page<ItemSummary>> {
  const { siteId, cursor, limit, ...filter } = input
  const before = readRowCursor(cursor)
  await assertSite({ ctx, siteId })
  const { results, next } = await ctx.site(siteId).listItems(siteId, filter, before, limit)
  return { results, next: toRowCursor(next) }
}

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

/** Editors work with the trash; what is gone for good is an admin's decision. @throws ServiceError `role_too_low` */
function assertMayDelete(actor: ServiceContext['actor']): void {
  if (actor.kind !== 'user' || ROLES.indexOf(actor.role) >= ROLES.indexOf('admin')) return
  throw new ServiceError('role_too_low', `This needs the role admin; yours is ${actor.role}.`)
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
