/**
 * Takes an item of an export into a site. One that is here already is never replaced unless that is asked for, and then
 * its IGNY8 side is edited, as a person would. One that is new keeps its link to its post only at the address that the
 * export was made of; elsewhere it is an item that was never sent.
 */
import { MAX_ITEM_BYTES } from '../../contract/content.ts'
import type { ImportCode } from '../../contract/imports.ts'
import { findTextFault } from '../../contract/text.ts'
import type { ItemDoc } from './doc.ts'
import { diffDocs } from './fields.ts'
import { putBack } from './put-back.ts'
import { isDeleted, hasTrashStatus, NEVER_SENT, type ItemRecord } from './record.ts'

export interface TakeOver {
  /** The item that is here: of the same id, or of the same post. */
  existing: ItemRecord | null
  incoming: ItemRecord
  isSameSite: boolean
  replaces: boolean
  /** The item of a post of the export, or of one that is here; null if there is none. */
  itemOfPost: (postId: number) => string | null
  /** Milliseconds since 1970. */
  now: number
}

export type Taken =
  | { kind: 'created' | 'replaced'; record: ItemRecord }
  | { kind: 'unchanged' }
  | { kind: 'refused'; code: ImportCode }

const encoder = new TextEncoder()

/** A document without ids of another WordPress: those of users, images and posts. */
function withoutIds(doc: ItemDoc, itemOfPost: TakeOver['itemOfPost']): ItemDoc {
  const { parent, author, featured } = doc
  return {
    ...doc,
    parent: typeof parent === 'number' ? itemOfPost(parent) : parent,
    author: author?.name ? { id: null, name: author.name } : null,
    featured: featured && { url: featured.url, alt: featured.alt },
  }
}

/** An item that was never sent, with this text. */
const unlinked = (record: ItemRecord, local: ItemDoc, now: number): ItemRecord => ({
  ...record,
  ...NEVER_SENT,
  updatedAt: now,
  local,
})

const isGone = (record: ItemRecord) => isDeleted(record) || hasTrashStatus(record.local)

/** Why the texts of an item can't be stored; null if they can. */
function faultOf({ local, base, external, conflictExternal }: ItemRecord): ImportCode | null {
  for (const doc of new Set([local, base, external, conflictExternal])) {
    if (doc === null) continue
    if (encoder.encode(JSON.stringify(doc)).length > MAX_ITEM_BYTES) return 'item_too_large'
    if (findTextFault(doc)) return 'broken_text'
  }
  return null
}

function intoExisting(existing: ItemRecord, local: ItemDoc, input: TakeOver): Taken {
  const { incoming, isSameSite, replaces, itemOfPost, now } = input
  const known = isSameSite ? existing.local : withoutIds(existing.local, itemOfPost)
  const isSame = isDeleted(existing) === isDeleted(incoming) && diffDocs(known, local).length === 0
  if (isSame) return { kind: 'unchanged' }
  if (!replaces) return { kind: 'refused', code: 'differs' }
  const result = putBack(existing, { doc: local, deletion: incoming.deletion }, now)
  if (result === null) return { kind: 'unchanged' }
  return result.kind === 'skipped' ? { kind: 'refused', code: 'differs' } : { kind: 'replaced', record: result.record }
}

/** Decides what becomes of an item of a file. */
export function takeOver(input: TakeOver): Taken {
  const { existing, incoming, isSameSite, itemOfPost, now } = input
  const fault = faultOf(incoming)
  if (fault) return { kind: 'refused', code: fault }
  const local = isSameSite ? incoming.local : withoutIds(incoming.local, itemOfPost)
  if (existing) return intoExisting(existing, local, input)
  if (isSameSite && incoming.externalId !== null) return { kind: 'created', record: incoming }
  if (isGone(incoming)) return { kind: 'refused', code: 'deleted_there' }
  return { kind: 'created', record: unlinked(incoming, local, now) }
}
