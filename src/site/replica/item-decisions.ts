/**
 * What an editor's action makes of one item: the record as it is to be, or why it stays as it is. Nothing is written here,
 * so a plan for many items asks the same as the change of one.
 */
import { MAX_ITEM_BYTES, type Resolution } from '../../contract/content.ts'
import { resolveConflict } from '../items/conflict.ts'
import { deleteRecord, type DocPatch, patchDoc, restoreRecord, trashRecord } from '../items/edit.ts'
import type { Change } from '../items/origin.ts'
import {
  hasTrashStatus,
  isDeleted,
  isInTrashOnBothSides,
  stateOf,
  withoutError,
  type ItemRecord,
} from '../items/record.ts'
import { isSameSchedule, scheduleFault } from '../items/schedule.ts'
import { refusal, type RpcResult } from '../rpc.ts'
import type { Replica } from './store.ts'

/** What the actions need. */
export interface ContentContext {
  replica: Replica
  siteId: string
  /** Milliseconds since 1970. */
  now: () => number
  newId: (prefix: 'item') => string
  /** Who asks: `user:usr_…`. Null if a Worker of an earlier release calls, and for reads. */
  by: string | null
}

export type Refusal = RpcResult<never> & { ok: false }

/** Refuses a change that the site does not let through to WordPress, because of the item's type or the very item. */
export const refuseDenied = (
  { replica }: Pick<ContentContext, 'replica'>,
  { type, leftAloneAt = null }: Pick<ItemRecord, 'type'> & Partial<Pick<ItemRecord, 'leftAloneAt'>>,
): Refusal | null => {
  if (leftAloneAt !== null) return refusal('post_left_alone', 'IGNY8 may neither read nor write this post.')
  return replica.types.denied().has(type)
    ? refusal('type_denied', `IGNY8 may neither read nor write items of the type ${type}.`)
    : null
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
export function decideTrash(ctx: ContentContext, before: ItemRecord): ItemRecord | Refusal {
  const isAlreadyTrashed =
    hasTrashStatus(before.local) && before.conflictFields.length === 0 && before.externalId !== null
  if (isDeleted(before) || isAlreadyTrashed) return before
  return refuseTrash(ctx, before) ?? trashRecord(before, ctx.now())
}

/**
 * Permanently deletes an item that is in the trash. The next run deletes the post. IGNY8 keeps the text for
 * `decideRestore`. Idempotent.
 */
export function decideDelete(ctx: ContentContext, before: ItemRecord): ItemRecord | Refusal {
  if (isDeleted(before)) return before
  if (!isInTrashOnBothSides(before)) return refusal('not_in_trash', describeTrash(before))
  return refuseDenied(ctx, before) ?? deleteRecord(before, ctx.now())
}

const describeTrash = ({ local, conflictFields }: ItemRecord): string => {
  if (conflictFields.length > 0) return 'The item has a conflict, which must be resolved first.'
  return hasTrashStatus(local)
    ? 'WordPress has not moved it to the trash yet; the next sync moves it.'
    : 'The item is not in the trash.'
}

/** Brings an item back from the trash or from its deletion, as a draft. */
export function decideRestore(ctx: ContentContext, before: ItemRecord): ItemRecord | Refusal {
  const isUnread = before.external === null && before.externalId !== null && before.base === null
  if (isUnread) return refusal('item_unreadable', 'The item was never read, so there is no text to restore.')
  const restored = restoreRecord(before, ctx.now())
  if (!restored) return refusal('nothing_to_restore', 'The item is neither in the trash nor deleted.')
  return refuseDenied(ctx, before) ?? restored
}

const SAME_SIDE = 'Choose the same side for the status and for the date.'

/** Why the status of one side can't be combined with the date of the other; null if it can, or if nothing was mixed. */
function mixedScheduleFault(before: ItemRecord, { local }: ItemRecord, now: number): string | null {
  const sides = [before.local, before.conflictExternal ?? before.external]
  const isMixed = !sides.some((side) => side !== null && isSameSchedule(side, local))
  return isMixed ? scheduleFault(local, now) : null
}

/** Resolves a conflict as an editor chooses. */
export function decideResolution(
  ctx: ContentContext,
  before: ItemRecord,
  { choice, fields, values = {} }: Resolution,
): ItemRecord | Refusal {
  if (stateOf(before) !== 'conflict') return refusal('no_conflict', 'The item has no conflict.')
  const open = before.conflictFields
  const written = Object.keys(values)
  const unknown = [...Object.keys(fields ?? {}), ...written].filter((field) => !open.includes(field))
  if (unknown.length > 0) return refusal('no_conflict', `There is no conflict in ${unknown.join(', ')}.`)
  const missing = choice ? [] : open.filter((field) => fields?.[field] === undefined && !written.includes(field))
  if (missing.length > 0) return refusal('resolution_incomplete', `Choose a side for ${missing.join(', ')} too.`)
  if (before.builder !== null && written.includes('body'))
    return refusal('body_read_only', `The page builder “${before.builder}” renders this post.`)
  const choices = choice ? Object.fromEntries(open.map((field) => [field, choice])) : (fields ?? {})
  const resolved = resolveConflict(before, choices, { now: ctx.now() })
  const after = { ...resolved, local: patchDoc(resolved.local, values as DocPatch) }
  const refused = mixedScheduleFault(before, after, ctx.now())
  if (refused !== null) return { ...refusal('future_date_required', refused), fix: SAME_SIDE, path: 'body.fields' }
  return tooLarge(after) ?? after
}

/** Refuses what is larger than a row of the object may be. */
export function tooLarge(record: ItemRecord): Refusal | null {
  const bytes = new TextEncoder().encode(JSON.stringify(record.local)).length
  return bytes > MAX_ITEM_BYTES
    ? refusal('item_too_large', `It has ${bytes} bytes; at most ${MAX_ITEM_BYTES} are allowed.`)
    : null
}

/** Retries a failed item with the next run, without waiting for its backoff. Its post is read again, too. */
export function decideRetry({ now }: Pick<ContentContext, 'now'>, before: ItemRecord): ItemRecord | Refusal {
  if (!before.error) return refusal('not_failed', 'The item has not failed.')
  return before.external === null && before.externalId !== null ? { ...before, retryAt: now() } : withoutError(before)
}

/** Stores a changed item. A conflict that the change ends is kept, so that an undo opens it again. */
export function saveChange(
  { replica, now, by }: Pick<ContentContext, 'replica' | 'now' | 'by'>,
  before: ItemRecord,
  after: ItemRecord,
  change: Omit<Change, 'by'>,
): void {
  if (before.conflictFields.length > 0 && after.conflictFields.length === 0)
    replica.resolutions.add(before.n, before, now())
  replica.items.save(after, { ...change, by })
}
