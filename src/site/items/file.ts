/**
 * An item as a line of an export (src/contract/site-file.ts), and the item of such a line. Nothing is lost on the way but
 * the error of an item that failed: whoever imports it tries again.
 */
import type { FileDoc, ItemLine, UndoLine } from '../../contract/site-file.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import type { ConflictSnapshot } from './conflict.ts'
import type { ItemDoc } from './doc.ts'
import { stateOf, type ItemRecord } from './record.ts'

const toMs = (time: string | null) => (time === null ? null : Date.parse(time))

/** A side, or the name of the one that it equals. */
function sideOf<N extends string>(doc: ItemDoc | null, known: Readonly<Record<N, ItemDoc | null>>): ItemDoc | N | null {
  const same = (Object.keys(known) as N[]).find((name) => doc !== null && known[name] === doc)
  return same ?? doc
}

/** The line of an item. Versions share their documents if they are equal: see toRecord in replica/tables/item-rows.ts. */
export function toItemLine(record: ItemRecord, siteId: string): ItemLine {
  const { local, base, external, conflictExternal, staleSave } = record
  return {
    kind: 'item',
    id: record.id,
    site_id: siteId,
    type: record.type,
    state: stateOf(record),
    revision: record.revision,
    deletion: record.deletion,
    external_id: record.externalId === null ? null : String(record.externalId),
    external_url: record.externalUrl,
    etag: record.etag,
    modified: record.externalModified,
    conflict_fields: record.conflictFields,
    conflict_since: toTimestamp(record.conflictSince),
    error: record.error && { ...record.error },
    builder: record.builder,
    seo_provider: record.seoProvider,
    protected: record.isProtected,
    listed: record.isListed,
    published_late_at: toTimestamp(record.publishedLateAt),
    stale_save: staleSave && {
      id: staleSave.id,
      by: staleSave.by,
      at: toTimestamp(staleSave.at),
      opened: toTimestamp(staleSave.opened),
    },
    updated_at: toTimestamp(record.updatedAt),
    igny8: local as FileDoc,
    base: sideOf(base, { igny8: local }) as ItemLine['base'],
    wordpress: sideOf(external, { igny8: local, base }) as ItemLine['wordpress'],
    conflict_wordpress: conflictExternal as FileDoc | null,
  }
}

/** The item of a line, before it is stored. */
export function fromItemLine(line: ItemLine): ItemRecord {
  const local = line.igny8 as ItemDoc
  const base = line.base === 'igny8' ? local : (line.base as ItemDoc | null)
  const external =
    line.wordpress === 'igny8' ? local : line.wordpress === 'base' ? base : (line.wordpress as ItemDoc | null)
  const { stale_save: save } = line
  return {
    n: 0,
    id: line.id,
    type: line.type,
    externalId: line.external_id === null ? null : Number(line.external_id),
    etag: line.etag,
    externalModified: line.modified,
    externalUrl: line.external_url,
    revision: line.revision,
    deletion: line.deletion,
    conflictFields: line.conflict_fields,
    conflictSince: toMs(line.conflict_since),
    error: null,
    errorSince: null,
    attempts: 0,
    retryAt: null,
    updatedAt: Date.parse(line.updated_at),
    builder: line.builder,
    publishedLateAt: toMs(line.published_late_at),
    seoProvider: line.seo_provider,
    isProtected: line.protected,
    isListed: line.listed,
    leftAloneAt: null,
    staleSave: save && { id: save.id, by: save.by, at: Date.parse(save.at), opened: toMs(save.opened) },
    base,
    local,
    external,
    conflictExternal: line.conflict_wordpress as ItemDoc | null,
  }
}

/** A resolved conflict as it is stored. */
export interface StoredResolution {
  before: ConflictSnapshot
  /** Milliseconds since 1970. */
  resolvedAt: number
  undoneAt: number | null
}

export const toUndoLine = (itemId: string, { before, resolvedAt, undoneAt }: StoredResolution): UndoLine => ({
  kind: 'undo',
  item_id: itemId,
  resolved_at: toTimestamp(resolvedAt),
  undone_at: toTimestamp(undoneAt),
  before: before as UndoLine['before'],
})

export const fromUndoLine = ({ before, resolved_at: at, undone_at: undoneAt }: UndoLine): StoredResolution => ({
  before: before as ConflictSnapshot,
  resolvedAt: Date.parse(at),
  undoneAt: toMs(undoneAt),
})
