/**
 * Editors' actions on items: list, get, create, update, trash, restore, delete, resolve, undo, retry. Each change loads
 * the item, decides with the pure functions of items/, and saves it in one transaction. `if_revision` refuses a change
 * if somebody else changed the item since. Nothing here talks to the site: the next run sends what changed.
 */
import type {
  Item,
  ItemAuthor,
  ItemCreate,
  ItemFilter,
  ItemSummary,
  ItemUpdate,
  Resolution,
} from '../../contract/content.ts'
import { findRobotsFault } from '../../contract/seo-fields.ts'
import { EMPTY_DOC, type ItemDoc } from '../items/doc.ts'
import { createRecord, editRecord, type DocPatch } from '../items/edit.ts'
import type { Change } from '../items/origin.ts'
import { presentItem, summarizeItem } from '../items/present.ts'
import type { ItemRecord } from '../items/record.ts'
import { undoResolution } from '../items/conflict.ts'
import { applySchedule, toSeconds } from '../items/schedule.ts'
import { refusal, type RpcResult, type TrashChange } from '../rpc.ts'
import {
  decideDelete,
  decideResolution,
  decideRestore,
  decideRetry,
  decideTrash,
  refuseDenied,
  saveChange,
  tooLarge,
  type ContentContext,
  type Refusal,
} from './item-decisions.ts'

export type { ContentContext }

const NOT_FOUND = refusal('item_not_found', 'Item not found')

/**
 * An author as a document holds it. The API shows null for an author who is not known yet; sending null back changes
 * nothing.
 */
function toAuthor(author: ItemUpdate['author']): ItemAuthor | undefined {
  if (author === null || author === undefined) return undefined
  if (typeof author === 'number') return { id: author, name: '' }
  return typeof author === 'string' ? { id: null, name: author } : author
}

/** Converts fields of the API to those of a document; resolves the parent, which the API names by its item id. */
function toDocPatch({ replica }: ContentContext, input: ItemUpdate | ItemCreate): DocPatch | Refusal {
  const { parent_id: parentId, featured_image: featured, author: named, ...rest } = input
  const {
    if_revision: _revision,
    type: _type,
    ...plain
  } = rest as typeof rest & { if_revision?: number; type?: string }
  const author = toAuthor(named)
  const patch = { ...plain, ...(author && { author }) } as DocPatch
  if (patch.date) patch.date = toSeconds(Date.parse(patch.date))
  if (featured !== undefined) patch.featured = featured && { url: featured.url, alt: featured.alt }
  if (parentId === undefined) return patch
  const parent = parentId === null ? null : replica.items.get(parentId)
  if (parentId !== null && (!parent || parent.deletion === 'both'))
    return refusal('parent_not_found', `There is no item ${parentId}.`)
  patch.parent = parent ? (parent.externalId ?? parent.id) : null
  return patch
}

const isRefusal = (value: object): value is Refusal => 'ok' in value

/** A change as a document holds it, with what status and date mean for when the item goes live. */
function toScheduledPatch(ctx: ContentContext, before: ItemDoc, input: ItemUpdate | ItemCreate): DocPatch | Refusal {
  const patch = toDocPatch(ctx, input)
  if (isRefusal(patch)) return patch
  const scheduled = applySchedule(before, patch, ctx.now())
  return 'refused' in scheduled
    ? { ...refusal('future_date_required', scheduled.refused), path: 'body.date' }
    : scheduled
}

/** Why SEO fields of this item can't be changed; null if they can. For a post that is not sent yet, the site decides. */
function checkSeo({ external, local, seoProvider: provider }: ItemRecord, { seo }: DocPatch): Refusal | null {
  if (seo === undefined || external === null) return null
  if (provider === null) {
    return refusal('seo_unavailable', 'seo: as far as we know, no SEO plugin that can store it is active on the site.')
  }
  const now = [external, local].flatMap((doc) => doc.seo?.robots ?? [])
  const fault = seo.robots && findRobotsFault(provider, seo.robots, now)
  return fault ? refusal('robots_unsupported', `seo.robots: ${fault}`) : null
}

/** Loads, changes and saves one item in one transaction; refuses the change if the item has another revision. */
export function changeItem(
  ctx: ContentContext,
  id: string,
  ifRevision: number | undefined,
  change: Omit<Change, 'by'>,
  decide: (record: ItemRecord) => ItemRecord | Refusal,
): RpcResult<Item> {
  return ctx.replica.database.transaction(() => {
    const before = ctx.replica.items.get(id)
    if (!before) return NOT_FOUND
    if (ifRevision !== undefined && ifRevision !== before.revision) {
      return refusal('conflict', `The item is at revision ${before.revision}.`)
    }
    const after = decide(before)
    if ('ok' in after) return after
    saveChange(ctx, before, after, change)
    return { ok: true, value: presentItem(ctx.replica, ctx.siteId, after, ctx.now()) }
  })
}

/** A page of items, newest first. @param before row number of the last item of the previous page */
export function listItems(
  { replica, siteId, now }: ContentContext,
  filter: ItemFilter,
  before: number | null,
  limit: number,
): { results: ItemSummary[]; next: number | null } {
  const records = replica.items.list(filter, before, limit + 1)
  const shown = records.slice(0, limit)
  return {
    results: shown.map((record) => summarizeItem(replica, siteId, record, now())),
    next: records.length > limit ? (shown.at(-1)?.n ?? null) : null,
  }
}

export function getItem({ replica, siteId, now }: ContentContext, id: string): RpcResult<Item> {
  const record = replica.items.get(id)
  return record ? { ok: true, value: presentItem(replica, siteId, record, now()) } : NOT_FOUND
}

/** Creates an item, unless there is one with this id; the next run sends it to the site. */
export function createItem(ctx: ContentContext, input: ItemCreate, id = ctx.newId('item')): RpcResult<Item> {
  return ctx.replica.database.transaction(() => {
    const known = ctx.replica.items.get(id)
    if (known) return { ok: true, value: presentItem(ctx.replica, ctx.siteId, known, ctx.now()) }
    const patch = toScheduledPatch(ctx, EMPTY_DOC, input)
    if (isRefusal(patch)) return patch
    const denied = refuseDenied(ctx, input)
    if (denied) return denied
    const record = createRecord(id, input.type, patch, ctx.now())
    const problem = tooLarge(record)
    if (problem) return problem
    const n = ctx.replica.items.save(record, { action: 'create', by: ctx.by })
    return { ok: true, value: presentItem(ctx.replica, ctx.siteId, { ...record, n }, ctx.now()) }
  })
}

/** What an editor's change makes of an item. */
export function decideUpdate(ctx: ContentContext, before: ItemRecord, input: ItemUpdate): ItemRecord | Refusal {
  if (before.deletion !== null) return refusal('item_deleted', 'The item was deleted.')
  if (before.external === null && before.externalId !== null)
    return refusal('item_unreadable', 'The item could not be read yet.')
  const denied = refuseDenied(ctx, before)
  if (denied) return denied
  const patch = toScheduledPatch(ctx, before.local, input)
  if (isRefusal(patch)) return patch
  if (before.builder !== null && patch.body !== undefined && patch.body !== before.local.body)
    return refusal('body_read_only', `The page builder “${before.builder}” renders this post.`)
  const seoProblem = checkSeo(before, patch)
  if (seoProblem) return seoProblem
  const after = editRecord(before, patch, ctx.now())
  return tooLarge(after) ?? after
}

/** Changes the IGNY8 side of an item. */
export function updateItem(ctx: ContentContext, id: string, input: ItemUpdate): RpcResult<Item> {
  return changeItem(ctx, id, input.if_revision, { action: 'edit' }, (before) => decideUpdate(ctx, before, input))
}

type ChangeById = (ctx: ContentContext, id: string) => RpcResult<Item>

/** Moves an item to the trash. Repeating it changes nothing. */
export const trashItem: ChangeById = (ctx, id) =>
  changeItem(ctx, id, undefined, { action: 'trash' }, (before) => decideTrash(ctx, before))

/** Deletes for good what is in the trash. Repeating it changes nothing. */
export const deleteItem: ChangeById = (ctx, id) =>
  changeItem(ctx, id, undefined, { action: 'delete' }, (before) => decideDelete(ctx, before))

/** Brings an item back from the trash or from its deletion, as a draft. */
export const restoreItem: ChangeById = (ctx, id) =>
  changeItem(ctx, id, undefined, { action: 'restore' }, (before) => decideRestore(ctx, before))

export const TRASH_CHANGES = { trash: trashItem, restore: restoreItem, delete: deleteItem } as const satisfies Record<
  TrashChange,
  ChangeById
>

/** Resolves a conflict as an editor chooses, and stores the conflict for an undo. */
export function resolveItem(ctx: ContentContext, id: string, resolution: Resolution): RpcResult<Item> {
  return changeItem(ctx, id, resolution.if_revision, { action: 'resolve' }, (before) =>
    decideResolution(ctx, before, resolution),
  )
}

/** Undoes the last resolution of an item. */
export function undoItem(ctx: ContentContext, id: string): RpcResult<Item> {
  return changeItem(ctx, id, undefined, { action: 'undo' }, (before) => {
    const snapshot = ctx.replica.resolutions.takeLast(before.n, ctx.now())
    return snapshot
      ? undoResolution(before, snapshot, { now: ctx.now() })
      : refusal('nothing_to_undo', 'No resolution can be undone.')
  })
}

/** Retries a failed item with the next run, without waiting for its backoff. */
export function retryItem(ctx: ContentContext, id: string): RpcResult<Item> {
  return changeItem(ctx, id, undefined, { action: 'edit' }, (before) => {
    const after = decideRetry(ctx, before)
    if (!('ok' in after) && before.externalId !== null)
      ctx.replica.inbox.remind(before.externalId, ctx.now(), ctx.now())
    return after
  })
}
