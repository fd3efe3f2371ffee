/**
 * Editors' actions on items: list, get, create, update, delete, resolve, undo, retry. Each change loads the item,
 * decides with the pure functions of items/, and saves it in one transaction. `if_revision` refuses a change if
 * somebody else changed the item since. Nothing here talks to the site: the next run sends what changed.
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
import type { Replica } from './store.ts'
import { createRecord, deleteRecord, editRecord, type DocPatch } from '../items/edit.ts'
import { presentItem, summarizeItem } from '../items/present.ts'
import { stateOf, withoutError, type ItemRecord } from '../items/record.ts'
import { resolveConflict, undoResolution } from '../items/conflict.ts'
import { refusal, type RpcResult } from '../rpc.ts'

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

/** An author as a document holds it. Null, as the API shows an author who is not known yet, changes nothing. */
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
  if (patch.date) patch.date = new Date(patch.date).toISOString()
  if (featured !== undefined) patch.featured = featured && { url: featured.url, alt: featured.alt }
  if (parentId === undefined) return patch
  const parent = parentId === null ? null : replica.items.get(parentId)
  if (parentId !== null && (!parent || parent.deletion === 'both'))
    return refusal('parent_not_found', `There is no item ${parentId}.`)
  patch.parent = parent ? (parent.externalId ?? parent.id) : null
  return patch
}

const isRefusal = (value: DocPatch | Refusal): value is Refusal => 'ok' in value

function tooLarge(record: ItemRecord): Refusal | null {
  const bytes = new TextEncoder().encode(JSON.stringify(record.local)).length
  return bytes > MAX_ITEM_BYTES
    ? refusal('item_too_large', `It has ${bytes} bytes; ${MAX_ITEM_BYTES} are possible.`)
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
    return { ok: true, value: presentItem(ctx.replica, ctx.siteId, after) }
  })
}

/** A page of items, newest first. @param before row number of the last item of the previous page */
export function listItems(
  { replica, siteId }: ContentContext,
  filter: ItemFilter,
  before: number | null,
  limit: number,
): { results: ItemSummary[]; next: number | null } {
  const records = replica.items.list(filter, before, limit + 1)
  const shown = records.slice(0, limit)
  return {
    results: shown.map((record) => summarizeItem(replica, siteId, record)),
    next: records.length > limit ? (shown.at(-1)?.n ?? null) : null,
  }
}

export function getItem({ replica, siteId }: ContentContext, id: string): RpcResult<Item> {
  const record = replica.items.get(id)
  return record ? { ok: true, value: presentItem(replica, siteId, record) } : NOT_FOUND
}

/** Creates an item; the next run sends it to the site. */
export function createItem(ctx: ContentContext, input: ItemCreate): RpcResult<Item> {
  return ctx.replica.database.transaction(() => {
    const patch = toDocPatch(ctx, input)
    if (isRefusal(patch)) return patch
    const record = createRecord(ctx.newId('item'), input.type, patch, ctx.now())
    const problem = tooLarge(record)
    if (problem) return problem
    const n = ctx.replica.items.save(record)
    return { ok: true, value: presentItem(ctx.replica, ctx.siteId, { ...record, n }) }
  })
}

/** Changes the IGNY8 side of an item. */
export function updateItem(ctx: ContentContext, id: string, input: ItemUpdate): RpcResult<Item> {
  return changeItem(ctx, id, input.if_revision, (before) => {
    if (before.deletion !== null) return refusal('item_deleted', 'The item was deleted.')
    if (before.external === null && before.externalId !== null)
      return refusal('item_unreadable', 'The item could not be read yet.')
    const patch = toDocPatch(ctx, input)
    if (isRefusal(patch)) return patch
    if (before.builder !== null && patch.body !== undefined && patch.body !== before.local.body)
      return refusal('body_read_only', `The page builder “${before.builder}” renders this post.`)
    const after = editRecord(before, patch, ctx.now())
    return tooLarge(after) ?? after
  })
}

/** Deletes the IGNY8 side; the next run deletes the post. Idempotent. */
export function deleteItem(ctx: ContentContext, id: string): RpcResult<Item> {
  return changeItem(ctx, id, undefined, (before) => {
    if (before.deletion === 'both' || before.deletion === 'local') return before
    return deleteRecord(before, ctx.now())
  })
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
    ctx.replica.resolutions.add(before.n, before, ctx.now())
    return resolveConflict(before, choices, { now: ctx.now() })
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
