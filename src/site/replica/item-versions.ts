/**
 * The history of an item (tables/item-history.ts) as people read it, and the restore of a version: an edit like any
 * other, which is sent with the etag that the post must still have.
 */
import { CURRENT_VERSION, type PastVersion, type VersionEntry, type VersionRestore } from '../../contract/versions.ts'
import type { Item } from '../../contract/content.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import type { ItemDoc } from '../items/doc.ts'
import { copyFields } from '../items/fields.ts'
import { isDeletedHere, type Origin } from '../items/origin.ts'
import { presentVersion } from '../items/present.ts'
import { putBack, type Side } from '../items/put-back.ts'
import type { Deletion, ItemRecord } from '../items/record.ts'
import { refusal, type RpcResult } from '../rpc.ts'
import type { StoredEntry, VersionPlace, StoredPastVersion } from '../versions-rpc.ts'
import { changeItem } from './content.ts'
import { refuseDenied, type ContentContext, type Refusal } from './item-decisions.ts'
import type { StoredVersion } from './tables/item-history.ts'

/** Versions of an item that its history shows. Older ones stay in the journal, for putting a whole site back. */
export const MOST_VERSIONS = 500

const RADIX = 36
const ID = /^ver_([1-9a-z][0-9a-z]{0,10})$/
const NOT_FOUND = refusal('item_not_found', 'Item not found')
const NOT_KEPT = refusal('version_not_kept', 'The item has no such version, or it is no longer kept.')

const toId = (historyId: number): string => `ver_${historyId.toString(RADIX)}`

interface Facts {
  id: string
  side: VersionEntry['side']
  origin: Origin | null
  until: number | null
  deletion: Deletion | null
  revision: number | null
}

const present = ({ id, side, origin, until, deletion, revision }: Facts): StoredEntry => ({
  id,
  side,
  at: origin && toTimestamp(origin.at),
  until: until === null ? null : toTimestamp(until),
  action: origin?.action ?? null,
  by: origin?.by ?? null,
  wordpress_user: origin?.savedBy ?? null,
  source: origin?.source ?? null,
  fields: origin?.fields ?? [],
  deleted: isDeletedHere(deletion),
  revision,
})

const presentStored = ({ id, side, at, revision, deletion, origin }: StoredVersion): StoredEntry =>
  side === 'wordpress'
    ? present({ id: toId(id), side, origin, until: null, deletion: null, revision: null })
    : present({ id: toId(id), side, origin, until: at, deletion, revision })

const presentCurrent = ({ replica }: ContentContext, { n, deletion, revision }: ItemRecord): StoredEntry =>
  present({
    id: CURRENT_VERSION,
    side: 'igny8',
    origin: replica.itemHistory.head(n).origin,
    until: null,
    deletion,
    revision,
  })

/** A page of an item's versions, newest first. @param place null for the first page */
export function listVersions(
  ctx: ContentContext,
  id: string,
  place: VersionPlace | null,
  limit: number,
): RpcResult<{ results: StoredEntry[]; next: VersionPlace | null }> {
  const { items, itemHistory } = ctx.replica
  const record = items.get(id)
  if (!record) return NOT_FOUND
  const shown = place?.shown ?? 0
  const first = place ? [] : [presentCurrent(ctx, record)]
  const from = place ? place.from : itemHistory.head(record.n).historyId
  const room = Math.min(limit - first.length, MOST_VERSIONS - shown - first.length)
  const { versions, next } = itemHistory.walk(record.n, from, Math.max(room, 0))
  const results = [...first, ...versions.map(presentStored)]
  const total = shown + results.length
  return {
    ok: true,
    value: { results, next: next === null || total >= MOST_VERSIONS ? null : { from: next, shown: total } },
  }
}

interface Found {
  entry: StoredEntry
  side: Side
}

function find(ctx: ContentContext, record: ItemRecord, versionId: string): Found | Refusal {
  if (versionId === CURRENT_VERSION)
    return { entry: presentCurrent(ctx, record), side: { doc: record.local, deletion: record.deletion } }
  const historyId = Number.parseInt(ID.exec(versionId)?.[1] ?? '', RADIX)
  const stored = Number.isSafeInteger(historyId) ? ctx.replica.itemHistory.get(record.n, historyId) : null
  if (!stored) return NOT_KEPT
  return { entry: presentStored(stored), side: { doc: stored.doc, deletion: stored.deletion } }
}

/** One version, whole. */
export function getVersion(ctx: ContentContext, id: string, versionId: string): RpcResult<StoredPastVersion> {
  const record = ctx.replica.items.get(id)
  if (!record) return NOT_FOUND
  const found = find(ctx, record, versionId)
  if ('ok' in found) return found
  const content: PastVersion['content'] = presentVersion(ctx.replica, found.side.doc, record.seoProvider)
  return { ok: true, value: { ...found.entry, content } }
}

/** The version itself, or what the item is now with some fields of the version. */
function sideOf(record: ItemRecord, { doc, deletion }: Side, fields: readonly string[] | undefined): Side {
  if (fields === undefined) return { doc, deletion }
  const mixed: ItemDoc = copyFields(record.local, doc, fields)
  return { doc: mixed, deletion: record.deletion }
}

/** What the restore of a version makes of an item. */
function decideVersion(ctx: ContentContext, before: ItemRecord, side: Side): ItemRecord | Refusal {
  const denied = refuseDenied(ctx, before)
  if (denied) return denied
  const result = putBack(before, side, ctx.now())
  if (result === null) return before
  if (result.kind === 'skipped') return refusal('item_unreadable', 'The item could not be read yet.')
  const isTrashless = result.kind === 'trashed' && !ctx.replica.types.hasTrash(before.type)
  return isTrashless && before.externalId !== null
    ? refusal('trash_off', `The site would delete items of the type ${before.type} at once.`)
    : result.record
}

/** Restores a version, if nobody has changed the item since the caller saw it. */
export function restoreVersion(
  ctx: ContentContext,
  id: string,
  versionId: string,
  restore: VersionRestore,
): RpcResult<Item> {
  const record = ctx.replica.items.get(id)
  if (!record) return NOT_FOUND
  // before the revision is compared: of a version that isn't there nothing else is said
  const found = find(ctx, record, versionId)
  if ('ok' in found) return found
  const source = versionId === CURRENT_VERSION ? null : versionId
  return changeItem(ctx, id, restore.if_revision, { action: 'restore_version', source }, (before) =>
    decideVersion(ctx, before, sideOf(before, found.side, restore.fields)),
  )
}
