import type { ApplyFields, ApplyOperation } from '../../contract/content-link.ts'
import { EMPTY_DOC, type ItemDoc } from './doc.ts'
import { diffDocs, readField, writeField, type FieldPath } from './fields.ts'
import type { ItemRecord } from './record.ts'

/** One `apply` for one item. */
export interface PushPlan {
  op: ApplyOperation
  /** Parts that are sent. */
  paths: FieldPath[]
  /** Etag that the site must still have. */
  expect: string | null
  /** What the site should have afterwards, as far as it is known: the base against which its answer is merged. */
  sent: ItemDoc
}

const isTrash = (doc: ItemDoc) => doc.status === 'trash'

/** The next step that brings the site nearer to the IGNY8 side, or null when nothing is to be sent. */
export function planPush(record: ItemRecord): PushPlan | null {
  const { local, external, etag } = record
  if (record.deletion === 'both' || record.conflictFields.length > 0) return null
  if (record.deletion === 'local') return { op: 'delete', paths: [], expect: etag, sent: local }
  // a post that could never be read: nothing is known of it that a change could be made against
  if (external === null && record.externalId !== null) return null
  if (external === null) return { op: 'create', paths: diffDocs(EMPTY_DOC, local), expect: null, sent: local }
  const paths = diffDocs(external, local)
  if (paths.length === 0) return null
  const toTrash = isTrash(local) && !isTrash(external)
  const op = toTrash ? 'trash' : isTrash(external) && !isTrash(local) ? 'untrash' : 'update'
  const sent = paths.reduce((doc, path) => writeField(doc, path, readField(local, path)), external)
  return { op, paths: toTrash ? paths.filter((path) => path !== 'status') : paths, expect: etag, sent }
}

/** What references must be resolved to before a plan can be sent: post ids of the site. */
export interface ResolvedReferences {
  parent: number
  featured: { id: number; alt?: string } | null
}

/** The `fields` of an `apply`: the plan's parts of the local document, a removed taxonomy as empty, a removed key as null. */
export function toApplyFields(local: ItemDoc, paths: readonly FieldPath[], resolved: ResolvedReferences): ApplyFields {
  const named = (kind: 'terms.' | 'meta.', absent: unknown) =>
    paths
      .filter((path) => path.startsWith(kind))
      .map((path) => [path.slice(kind.length), readField(local, path) ?? absent] as const)
  const fields: ApplyFields = {}
  for (const path of paths) {
    if (path === 'parent') fields.parent = resolved.parent
    else if (path === 'featured') fields.featured = resolved.featured
    else if (!path.includes('.')) Object.assign(fields, { [path]: readField(local, path) })
  }
  const [terms, meta] = [named('terms.', []), named('meta.', null)]
  if (terms.length > 0) fields.terms = Object.fromEntries(terms) as Record<string, string[]>
  if (meta.length > 0) fields.meta = Object.fromEntries(meta)
  return fields
}
