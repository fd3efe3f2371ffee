import type { Item, ItemCreate, ItemFilter, ItemSummary, ItemUpdate, Resolution } from '../../contract/content.ts'
import { MAX_ITEM_BYTES } from '../../contract/content.ts'
import type { Replica } from './store.ts'
import { createRecord, deleteRecord, editRecord, type DocPatch } from '../items/edit.ts'
import { presentItem, summarizeItem } from '../items/present.ts'
import { stateOf, withoutError, type ItemRecord } from '../items/record.ts'
import { resolveConflict, undoResolution } from '../items/conflict.ts'
import type { RpcResult } from '../rpc.ts'

/** What the editor's side of the replica needs of its surroundings. */
export interface ContentContext {
  replica: Replica
  siteId: string
  /** Milliseconds since 1970. */
  now: () => number
  newId: (prefix: 'item') => string
}

type Refusal = RpcResult<never> & { ok: false }

const refuse = (code: Refusal['code'], detail: string): Refusal => ({ ok: false, code, detail })
const NOT_FOUND = refuse('item_not_found', 'Item not found')

/** The wire's fields as the document has them. A parent is named by its item id. */
function toDocPatch({ replica }: ContentContext, input: ItemUpdate | ItemCreate): DocPatch | Refusal {
  const { parent_id: parentId, featured_image: featured, ...rest } = input
  const {
    if_revision: _revision,
    type: _type,
    ...plain
  } = rest as typeof rest & { if_revision?: number; type?: string }
  const patch = { ...plain } as DocPatch
  if (patch.date) patch.date = new Date(patch.date).toISOString()
  if (featured !== undefined) patch.featured = featured && { url: featured.url, alt: featured.alt }
  if (parentId === undefined) return patch
  const parent = parentId === null ? null : replica.items.get(parentId)
  if (parentId !== null && (!parent || parent.deletion === 'both'))
    return refuse('parent_not_found', `There is no item ${parentId}.`)
  patch.parent = parent ? (parent.externalId ?? parent.id) : null
  return patch
}

const isRefusal = (value: DocPatch | Refusal): value is Refusal => 'ok' in value

function tooLarge(record: ItemRecord): Refusal | null {
  const bytes = new TextEncoder().encode(JSON.stringify(record.local)).length
  return bytes > MAX_ITEM_BYTES
    ? refuse('item_too_large', `It has ${bytes} bytes; ${MAX_ITEM_BYTES} are possible.`)
    : null
}

/** Loads, changes and stores one item in one transaction; a change that another one overtook is refused. */
function change(
  ctx: ContentContext,
  id: string,
  ifRevision: number | undefined,
  decide: (record: ItemRecord) => ItemRecord | Refusal,
): RpcResult<Item> {
  return ctx.replica.database.transaction(() => {
    const before = ctx.replica.items.get(id)
    if (!before) return NOT_FOUND
    if (ifRevision !== undefined && ifRevision !== before.revision) {
      return refuse('conflict', `The item is at revision ${before.revision}.`)
    }
    const after = decide(before)
    if ('ok' in after) return after
    ctx.replica.items.save(after)
    return { ok: true, value: presentItem(ctx.replica, ctx.siteId, after) }
  })
}

/** A page of items, newest first. @param before row of the last one shown */
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

/** Makes an item that the site gets with the next sync. */
export function createItem(ctx: ContentContext, input: ItemCreate): RpcResult<Item> {
  return ctx.replica.database.transaction(() => {
    const patch = toDocPatch(ctx, input)
    if (isRefusal(patch)) return patch
    const record = createRecord(ctx.newId('item'), input.type, patch, ctx.now())
    const refusal = tooLarge(record)
    if (refusal) return refusal
    const n = ctx.replica.items.save(record)
    return { ok: true, value: presentItem(ctx.replica, ctx.siteId, { ...record, n }) }
  })
}

/** Changes the IGNY8 side of an item. */
export function updateItem(ctx: ContentContext, id: string, input: ItemUpdate): RpcResult<Item> {
  return change(ctx, id, input.if_revision, (before) => {
    if (before.deletion !== null) return refuse('item_deleted', 'The item was deleted.')
    if (before.external === null && before.externalId !== null)
      return refuse('item_unreadable', 'The item could not be read yet.')
    const patch = toDocPatch(ctx, input)
    if (isRefusal(patch)) return patch
    const after = editRecord(before, patch, ctx.now())
    return tooLarge(after) ?? after
  })
}

/** Deletes the IGNY8 side; the site follows with the next sync. Repeating it changes nothing. */
export function deleteItem(ctx: ContentContext, id: string): RpcResult<Item> {
  return change(ctx, id, undefined, (before) => {
    if (before.deletion === 'both' || before.deletion === 'local') return before
    return deleteRecord(before, ctx.now())
  })
}

/** Ends a conflict as an editor chooses; what was there before is kept for an undo. */
export function resolveItem(
  ctx: ContentContext,
  id: string,
  { choice, fields, if_revision }: Resolution,
): RpcResult<Item> {
  return change(ctx, id, if_revision, (before) => {
    if (stateOf(before) !== 'conflict') return refuse('no_conflict', 'The item has no conflict.')
    const open = before.conflictFields
    const unknown = Object.keys(fields ?? {}).filter((field) => !open.includes(field))
    if (unknown.length > 0) return refuse('no_conflict', `There is no conflict in ${unknown.join(', ')}.`)
    const missing = choice ? [] : open.filter((field) => fields?.[field] === undefined)
    if (missing.length > 0) return refuse('resolution_incomplete', `Choose a side for ${missing.join(', ')} too.`)
    const choices = choice ? Object.fromEntries(open.map((field) => [field, choice])) : (fields ?? {})
    ctx.replica.resolutions.add(before.n, before, ctx.now())
    return resolveConflict(before, choices, { now: ctx.now() })
  })
}

/** Opens the last settled conflict of an item again. */
export function undoItem(ctx: ContentContext, id: string): RpcResult<Item> {
  return change(ctx, id, undefined, (before) => {
    const settled = ctx.replica.resolutions.takeLast(before.n, ctx.now())
    return settled
      ? undoResolution(before, settled, { now: ctx.now() })
      : refuse('nothing_to_undo', 'No resolution can be undone.')
  })
}

/** Has a failed item tried again with the next sync, without waiting. */
export function retryItem(ctx: ContentContext, id: string): RpcResult<Item> {
  return change(ctx, id, undefined, (before) => {
    if (!before.error) return refuse('not_failed', 'The item has not failed.')
    if (before.externalId !== null) ctx.replica.inbox.remind(before.externalId, ctx.now(), ctx.now())
    return before.external === null && before.externalId !== null
      ? { ...before, retryAt: ctx.now() }
      : withoutError(before)
  })
}
