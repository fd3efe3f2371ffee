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
import { MAX_ITEM_BYTES } from '../../contract/content.ts'
import { findRobotsFault } from '../../contract/seo-fields.ts'
import type { Replica } from './store.ts'
import { EMPTY_DOC, type ItemDoc } from '../items/doc.ts'
import { createRecord, deleteRecord, editRecord, restoreRecord, trashRecord, type DocPatch } from '../items/edit.ts'
import { presentItem, summarizeItem } from '../items/present.ts'
import {
  hasTrashStatus,
  isDeleted,
  isInTrashOnBothSides,
  stateOf,
  withoutError,
  type ItemRecord,
} from '../items/record.ts'
import { resolveConflict, undoResolution } from '../items/conflict.ts'
import { applySchedule, isSameSchedule, scheduleFault, toSeconds } from '../items/schedule.ts'
import { refusal, type RpcResult, type TrashChange } from '../rpc.ts'

/** What the actions need. */
export interface ContentContext {
  replica: Replica
  siteId: string
  /** Milliseconds since 1970. */
  now: () => number
  newId: (prefix: 'item') => string
}

type Refusal = RpcResult<never> & { ok: false }

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

function tooLarge(record: ItemRecord): Refusal | null {
  const bytes = new TextEncoder().encode(JSON.stringify(record.local)).length
  return bytes > MAX_ITEM_BYTES
    ? refusal('item_too_large', `It has ${bytes} bytes; at most ${MAX_ITEM_BYTES} are allowed.`)
    : null
}

/** Refuses a change that the site does not let through to WordPress, because of the item's type or the very item. */
const refuseDenied = (
  { replica }: ContentContext,
  { type, leftAloneAt = null }: Pick<ItemRecord, 'type'> & Partial<Pick<ItemRecord, 'leftAloneAt'>>,
): Refusal | null => {
  if (leftAloneAt !== null) return refusal('post_left_alone', 'IGNY8 may neither read nor write this post.')
  return replica.types.denied().has(type)
    ? refusal('type_denied', `IGNY8 may neither read nor write items of the type ${type}.`)
    : null
}

/** Loads, changes and saves one item in one transaction; refuses the change if the item has another revision. */
function changeItem(
  ctx: ContentContext,
  id: string,
  ifRevision: number | undefined,
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
    ctx.replica.items.save(after)
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
    const n = ctx.replica.items.save(record)
    return { ok: true, value: presentItem(ctx.replica, ctx.siteId, { ...record, n }, ctx.now()) }
  })
}

/** Changes the IGNY8 side of an item. */
export function updateItem(ctx: ContentContext, id: string, input: ItemUpdate): RpcResult<Item> {
  return changeItem(ctx, id, input.if_revision, (before) => {
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
  })
}

/** Why an item can't be moved to the trash; null if it can. */
function refuseTrash(ctx: ContentContext, record: ItemRecord): Refusal | null {
  const { type, externalId, external, deletion } = record
  const denied = refuseDenied(ctx, record)
  if (denied) return denied
  if (external === null && externalId !== null && deletion === null)
    return refusal('item_unreadable', 'The item could not be read yet. Move it to the trash in WordPress.')
  if (externalId === null || ctx.replica.types.hasTrash(type)) return null
  return refusal(
    'trash_off',
    `The site would delete items of the type ${type} at once, so IGNY8 does not move them to the trash.`,
  )
}

/**
 * Moves an item to the trash; the next run does so in WordPress. An item that WordPress does not have is deleted at
 * once, and can be restored. Idempotent.
 */
export function trashItem(ctx: ContentContext, id: string): RpcResult<Item> {
  return changeItem(ctx, id, undefined, (before) => {
    const isAlreadyTrashed =
      hasTrashStatus(before.local) && before.conflictFields.length === 0 && before.externalId !== null
    if (isDeleted(before) || isAlreadyTrashed) return before
    const refused = refuseTrash(ctx, before)
    if (refused) return refused
    if (before.conflictFields.length > 0) ctx.replica.resolutions.add(before.n, before, ctx.now())
    return trashRecord(before, ctx.now())
  })
}

/**
 * Permanently deletes an item that is in the trash. The next run deletes the post. IGNY8 keeps the text for
 * `restoreItem`. Idempotent.
 */
export function deleteItem(ctx: ContentContext, id: string): RpcResult<Item> {
  return changeItem(ctx, id, undefined, (before) => {
    if (isDeleted(before)) return before
    if (!isInTrashOnBothSides(before)) return refusal('not_in_trash', describeTrash(before))
    return refuseDenied(ctx, before) ?? deleteRecord(before, ctx.now())
  })
}

const describeTrash = ({ local, conflictFields }: ItemRecord): string => {
  if (conflictFields.length > 0) return 'The item has a conflict, which must be resolved first.'
  return hasTrashStatus(local)
    ? 'WordPress has not moved it to the trash yet; the next sync moves it.'
    : 'The item is not in the trash.'
}

/** Brings an item back from the trash or from its deletion, as a draft. */
export function restoreItem(ctx: ContentContext, id: string): RpcResult<Item> {
  return changeItem(ctx, id, undefined, (before) => {
    const isUnread = before.external === null && before.externalId !== null && before.base === null
    if (isUnread) return refusal('item_unreadable', 'The item was never read, so there is no text to restore.')
    const restored = restoreRecord(before, ctx.now())
    if (!restored) return refusal('nothing_to_restore', 'The item is neither in the trash nor deleted.')
    return refuseDenied(ctx, before) ?? restored
  })
}

export const TRASH_CHANGES = { trash: trashItem, restore: restoreItem, delete: deleteItem } as const satisfies Record<
  TrashChange,
  (ctx: ContentContext, id: string) => RpcResult<Item>
>

const SAME_SIDE = 'Choose the same side for the status and for the date.'

/** Why the status of one side can't be combined with the date of the other; null if it can, or if nothing was mixed. */
function mixedScheduleFault(before: ItemRecord, { local }: ItemRecord, now: number): string | null {
  const sides = [before.local, before.conflictExternal ?? before.external]
  const isMixed = !sides.some((side) => side !== null && isSameSchedule(side, local))
  return isMixed ? scheduleFault(local, now) : null
}

/** Resolves a conflict as an editor chooses, and stores the conflict for an undo. */
export function resolveItem(
  ctx: ContentContext,
  id: string,
  { choice, fields, if_revision }: Resolution,
): RpcResult<Item> {
  return changeItem(ctx, id, if_revision, (before) => {
    if (stateOf(before) !== 'conflict') return refusal('no_conflict', 'The item has no conflict.')
    const open = before.conflictFields
    const unknown = Object.keys(fields ?? {}).filter((field) => !open.includes(field))
    if (unknown.length > 0) return refusal('no_conflict', `There is no conflict in ${unknown.join(', ')}.`)
    const missing = choice ? [] : open.filter((field) => fields?.[field] === undefined)
    if (missing.length > 0) return refusal('resolution_incomplete', `Choose a side for ${missing.join(', ')} too.`)
    const choices = choice ? Object.fromEntries(open.map((field) => [field, choice])) : (fields ?? {})
    const after = resolveConflict(before, choices, { now: ctx.now() })
    const refused = mixedScheduleFault(before, after, ctx.now())
    if (refused !== null) return { ...refusal('future_date_required', refused), fix: SAME_SIDE, path: 'body.fields' }
    ctx.replica.resolutions.add(before.n, before, ctx.now())
    return after
  })
}

/** Undoes the last resolution of an item. */
export function undoItem(ctx: ContentContext, id: string): RpcResult<Item> {
  return changeItem(ctx, id, undefined, (before) => {
    const snapshot = ctx.replica.resolutions.takeLast(before.n, ctx.now())
    return snapshot
      ? undoResolution(before, snapshot, { now: ctx.now() })
      : refusal('nothing_to_undo', 'No resolution can be undone.')
  })
}

/** Retries a failed item with the next run, without waiting for its backoff. */
export function retryItem(ctx: ContentContext, id: string): RpcResult<Item> {
  return changeItem(ctx, id, undefined, (before) => {
    if (!before.error) return refusal('not_failed', 'The item has not failed.')
    if (before.externalId !== null) ctx.replica.inbox.remind(before.externalId, ctx.now(), ctx.now())
    return before.external === null && before.externalId !== null
      ? { ...before, retryAt: ctx.now() }
      : withoutError(before)
  })
}
