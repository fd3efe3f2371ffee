/**
 * How an item is stored: one row in `items` and up to four rows in `versions`, one for each version of its content. A
 * version that equals the base has no row, so most items have only one.
 */
import type { ItemDoc } from '../../items/doc.ts'
import { diffDocs } from '../../items/fields.ts'
import { FACT_COLUMNS, factsOf } from '../../items/list-facts.ts'
import { stateOf, type Deletion, type ItemFault, type ItemRecord, type SeenStaleSave } from '../../items/record.ts'
import type { SqlRow, SqlValue } from '../database.ts'

export const VERSIONS_PER_ITEM = 4
const BASE = 0
const LOCAL = 1
const EXTERNAL = 2
const CONFLICT_EXTERNAL = 3

export interface ItemRow extends SqlRow {
  n: number
  id: string
  type: string
  external_id: number | null
  etag: string | null
  external_modified: number | null
  external_url: string | null
  revision: number
  deletion: Deletion | null
  conflict_fields: string | null
  conflict_since: number | null
  error: string | null
  error_since: number | null
  attempts: number
  retry_at: number | null
  updated_at: number
  builder: string | null
  protected: number
  listed: number
  published_late_at: number | null
  stale_save: string | null
  seo_provider: string | null
  left_alone_at: number | null
}

export interface VersionRow extends SqlRow {
  /** `n * VERSIONS_PER_ITEM` plus the version. */
  key: number
  doc: string
}

/** Columns of `items` without `n`, in the order of {@link valuesOf}. */
export const COLUMNS = `id, type, state, external_id, etag, external_modified, external_url, title, slug, status, revision,
  deletion, conflict_fields, conflict_since, error, error_since, attempts, retry_at, updated_at, builder, protected, listed,
  published_late_at, stale_save, seo_provider, left_alone_at, ${FACT_COLUMNS}`

export const valuesOf = (record: ItemRecord): SqlValue[] => [
  record.id,
  record.type,
  stateOf(record),
  record.externalId,
  record.etag,
  record.externalModified,
  record.externalUrl,
  record.local.title.slice(0, 500),
  record.local.slug,
  record.local.status,
  record.revision,
  record.deletion,
  record.conflictFields.length > 0 ? JSON.stringify(record.conflictFields) : null,
  record.conflictSince,
  record.error && JSON.stringify(record.error),
  record.errorSince,
  record.attempts,
  record.retryAt,
  record.updatedAt,
  record.builder,
  Number(record.isProtected),
  Number(record.isListed),
  record.publishedLateAt,
  record.staleSave && JSON.stringify(record.staleSave),
  record.seoProvider,
  record.leftAloneAt,
  ...factsOf(record.local),
]

const parse = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T))

/** Builds a record from its row and its versions. */
export function toRecord(row: ItemRow, versions: readonly VersionRow[]): ItemRecord {
  const docs = new Map(versions.map(({ key, doc }) => [key - row.n * VERSIONS_PER_ITEM, JSON.parse(doc) as ItemDoc]))
  const base = docs.get(BASE) ?? null
  const local = docs.get(LOCAL) ?? base
  if (!local) throw new Error(`item ${row.id} has no version`)
  return {
    n: row.n,
    id: row.id,
    type: row.type,
    externalId: row.external_id,
    etag: row.etag,
    externalModified: row.external_modified,
    externalUrl: row.external_url,
    revision: row.revision,
    deletion: row.deletion,
    conflictFields: parse<string[]>(row.conflict_fields) ?? [],
    conflictSince: row.conflict_since,
    error: parse<ItemFault>(row.error),
    errorSince: row.error_since,
    attempts: row.attempts,
    retryAt: row.retry_at,
    updatedAt: row.updated_at,
    builder: row.builder,
    isProtected: row.protected === 1,
    isListed: row.listed === 1,
    publishedLateAt: row.published_late_at,
    staleSave: parse<SeenStaleSave>(row.stale_save),
    seoProvider: row.seo_provider,
    leftAloneAt: row.left_alone_at,
    base,
    local,
    external: row.external_id === null ? null : (docs.get(EXTERNAL) ?? base),
    conflictExternal: docs.get(CONFLICT_EXTERNAL) ?? null,
  }
}

const isSame = (left: ItemDoc | null, right: ItemDoc) =>
  left === right || (left !== null && diffDocs(left, right).length === 0 && left.featured?.id === right.featured?.id)

/** The versions to store, in the order of their keys; null for one that is absent or equals the base. */
export const storedVersions = ({ base, local, external, conflictExternal }: ItemRecord): (ItemDoc | null)[] => [
  base,
  isSame(base, local) ? null : local,
  external === null || isSame(base, external) ? null : external,
  conflictExternal,
]

/** The rows of `versions` for a record. */
export const versionsOf = (n: number, record: ItemRecord): [number, string][] =>
  storedVersions(record).flatMap((doc, side): [number, string][] =>
    doc ? [[n * VERSIONS_PER_ITEM + side, JSON.stringify(doc)]] : [],
  )
