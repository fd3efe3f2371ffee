/**
 * What a bulk job makes of each of its items: the same decisions as for one item (item-decisions.ts, content.ts), and
 * what an undo makes of it. Nothing is written here, so a plan and the job itself agree.
 */
import type { BulkAction } from '../../contract/bulk.ts'
import { undoResolution } from '../items/conflict.ts'
import type { ItemDoc } from '../items/doc.ts'
import { TRASHED_SUFFIX } from '../items/edit.ts'
import { copyFields, diffDocs } from '../items/fields.ts'
import { putBack } from '../items/put-back.ts'
import { hasTrashStatus, isDeleted, stateOf, type ItemRecord } from '../items/record.ts'
import { refusal } from '../rpc.ts'
import { decideUpdate } from './content.ts'
import {
  decideDelete,
  decideResolution,
  decideRestore,
  decideRetry,
  decideTrash,
  refuseDenied,
  type ContentContext,
  type Refusal,
} from './item-decisions.ts'
import type { PastSide } from './tables/history.ts'

/** What can be taken back. What was sent, read or deleted for good can't. */
export const canUndo = ({ kind }: BulkAction): boolean => !['sync', 'retry', 'delete'].includes(kind)

/** Why an item has no such change; null if it may have it. Items in the trash are restored by nothing but `restore`. */
function refuseGone({ local, deletion, conflictFields }: ItemRecord): Refusal | null {
  if (isDeleted({ deletion, conflictFields })) return refusal('item_deleted', 'The item was deleted.')
  return hasTrashStatus(local) && conflictFields.length === 0
    ? refusal('item_in_trash', 'The item is in the trash. Restore it first.')
    : null
}

type TermChange = Extract<BulkAction, { kind: 'terms' }>

/** The names of a taxonomy after a change. Terms differ by more than case. */
function changeTerms(names: readonly string[], { add, remove }: TermChange): string[] {
  const isOf = (list: readonly string[], name: string) =>
    list.some((other) => other.toLowerCase() === name.toLowerCase())
  const kept = names.filter((name) => !isOf(remove, name))
  return [...kept, ...add.filter((name) => !isOf(kept, name) && !isOf(remove, name))]
}

function decideTerms(ctx: ContentContext, before: ItemRecord, change: TermChange): ItemRecord | Refusal {
  const { taxonomy } = change
  const { external, local } = before
  if (external !== null && !Object.hasOwn(external.terms, taxonomy))
    return refusal('taxonomy_unknown', `Items of the type ${before.type} have no ${taxonomy}.`)
  const names = Object.hasOwn(local.terms, taxonomy) ? (local.terms[taxonomy] ?? []) : []
  return decideUpdate(ctx, before, { terms: { [taxonomy]: changeTerms(names, change) } })
}

/** Reads the post anew and sends what waits: the engine does both with its next slice. */
function decideSync(ctx: ContentContext, before: ItemRecord): ItemRecord | Refusal {
  if (isDeleted(before) && stateOf(before) === 'deleted') return refusal('item_deleted', 'The item was deleted.')
  const denied = refuseDenied(ctx, before)
  if (denied) return denied
  return before.retryAt !== null && before.retryAt > ctx.now() ? { ...before, retryAt: ctx.now() } : before
}

function decideAction(ctx: ContentContext, before: ItemRecord, action: BulkAction): ItemRecord | Refusal {
  if (action.kind === 'status') return refuseGone(before) ?? decideUpdate(ctx, before, { status: action.status })
  if (action.kind === 'terms') return refuseGone(before) ?? decideTerms(ctx, before, action)
  if (action.kind === 'resolve') return decideResolution(ctx, before, { choice: action.choice })
  return PLAIN[action.kind](ctx, before)
}

/** Actions that need nothing but their name. */
const PLAIN = {
  sync: decideSync,
  retry: decideRetry,
  trash: decideTrash,
  restore: decideRestore,
  delete: decideDelete,
} as const

export type Verdict =
  | { kind: 'changed'; after: ItemRecord }
  | { kind: 'unchanged' }
  | { kind: 'refused'; code: string; detail: string }

const refused = ({ code, detail }: Refusal): Verdict => ({ kind: 'refused', code, detail })

const EDITED = refusal('edited_since', 'Somebody, or WordPress, has changed it meanwhile.')

/** @param asOf the moment that the caller saw, in milliseconds since 1970; null: any */
export function decideChange(
  ctx: ContentContext,
  before: ItemRecord,
  action: BulkAction,
  asOf: number | null,
): Verdict {
  if (asOf !== null && before.updatedAt > asOf) return refused(EDITED)
  const after = decideAction(ctx, before, action)
  if ('ok' in after) return refused(after)
  // it is read and sent as it is
  if (action.kind === 'sync') return { kind: 'changed', after }
  return after === before ? { kind: 'unchanged' } : { kind: 'changed', after }
}

/** A retry takes up what could not be sent, and repeats the action where it was refused. */
export function decideAgain(ctx: ContentContext, before: ItemRecord, action: BulkAction): Verdict {
  return stateOf(before) === 'failed'
    ? decideChange(ctx, before, { kind: 'retry' }, null)
    : decideChange(ctx, before, action, null)
}

/** A slug that WordPress gave: to a post that had none, or to one in its trash. */
const isGivenSlug = (left: string, now: string) =>
  left === '' || left.replace(TRASHED_SUFFIX, '') === now.replace(TRASHED_SUFFIX, '')

/**
 * The fields that somebody has changed since the job. What WordPress itself does to a post that the job has changed is no
 * change by anybody: the slug and date of a published draft, and the slug of a post in its trash.
 */
function editedFields(left: ItemDoc, now: ItemDoc): string[] {
  return diffDocs(left, now).filter((path) => {
    if (path === 'slug') return !isGivenSlug(left.slug, now.slug)
    if (path === 'date') return left.date !== null
    return true
  })
}

/** What an item was before a job and as the job left it. */
export interface Trace {
  /** Null if its IGNY8 side stayed the same, as with conflicts that kept it. */
  was: Pick<PastSide, 'doc' | 'deletion'> | null
  left: ItemDoc
  deletionLeft: ItemRecord['deletion']
}

/** Gives an item back what the job has changed of it, if nobody has changed it since. */
export function decideUndo(ctx: ContentContext, before: ItemRecord, trace: Trace): Verdict {
  const { was, left, deletionLeft } = trace
  if (before.deletion !== deletionLeft || editedFields(left, before.local).length > 0) return refused(EDITED)
  if (was === null) return { kind: 'unchanged' }
  const denied = refuseDenied(ctx, before)
  if (denied) return refused(denied)
  const doc = copyFields(before.local, was.doc, changedFields(trace, before))
  const result = putBack(before, { doc, deletion: was.deletion }, ctx.now())
  if (result === null) return { kind: 'unchanged' }
  if (result.kind === 'skipped') return { kind: 'refused', code: result.code, detail: 'It could not be read yet.' }
  return { kind: 'changed', after: result.record }
}

/** The fields that the job has changed, but for the slug of a post in the trash, which WordPress gives back itself. */
function changedFields({ was, left }: Trace, { local }: ItemRecord): string[] {
  const fields = was === null ? [] : diffDocs(was.doc, left)
  return fields.filter((path) => path !== 'slug' || !hasTrashStatus(local))
}

/** Opens a conflict again that the job has ended, with both sides as they were. */
export function decideReopening(ctx: ContentContext, before: ItemRecord, trace: Trace): Verdict {
  const { was, left, deletionLeft } = trace
  const isEdited = before.deletion !== deletionLeft || editedFields(left, before.local).length > 0
  if (isEdited || before.conflictFields.length > 0) return refused(EDITED)
  const snapshot = ctx.replica.resolutions.last(before.n)
  if (!snapshot) return refused(refusal('nothing_to_undo', 'No resolution can be undone.'))
  const local = was === null ? before.local : copyFields(before.local, was.doc, changedFields(trace, before))
  return { kind: 'changed', after: undoResolution({ ...before, local }, snapshot, { now: ctx.now() }) }
}
