import type { ApplyFields, ApplyOperation } from '../../contract/content-link.ts'
import type { AuthorMap } from '../../contract/integrations.ts'
import { EMPTY_DOC, type ItemDoc } from './doc.ts'
import { diffDocs, pendingFields, readField, writeField, type FieldPath } from './fields.ts'
import { hasTrashStatus, isDeletedUnsent, type ItemRecord } from './record.ts'

/** One `apply` command for one item. */
export interface PushPlan {
  op: ApplyOperation
  /** Fields to send. */
  paths: FieldPath[]
  /** Etag that the post must still have; otherwise the site refuses the change as stale. */
  expect: string | null
  /** The expected content of the post afterwards; the base for merging the site's answer. */
  sent: ItemDoc
}

/**
 * For an item that was deleted before the answer to its create came. The create is repeated with its texts, but into the
 * trash: a post that exists is answered, and one that doesn't is not shown to visitors, even if the first create comes
 * late and meets this one.
 */
function planUnsent(local: ItemDoc): PushPlan {
  const sent = { ...EMPTY_DOC, title: local.title, body: local.body, excerpt: local.excerpt, status: 'trash' }
  return { op: 'create', paths: diffDocs(EMPTY_DOC, sent), expect: null, sent }
}

/** The next command that brings the site to IGNY8's side; null if there is nothing to send. */
export function planPush(record: ItemRecord): PushPlan | null {
  const { local, external, etag } = record
  if (record.deletion === 'both' || record.conflictFields.length > 0) return null
  // nothing is deleted permanently that is not in the site's trash
  if (record.deletion === 'local' && external !== null && !hasTrashStatus(external))
    return { op: 'trash', paths: [], expect: etag, sent: { ...external, status: 'trash' } }
  if (isDeletedUnsent(record)) return planUnsent(local)
  if (record.deletion === 'local') return { op: 'delete', paths: [], expect: etag, sent: local }
  // a post that could not be read yet: there is no content to compare with
  if (external === null && record.externalId !== null) return null
  if (external === null) return { op: 'create', paths: diffDocs(EMPTY_DOC, local), expect: null, sent: local }
  const paths = pendingFields(external, local)
  if (paths.length === 0) return null
  const toTrash = hasTrashStatus(local) && !hasTrashStatus(external)
  const op = toTrash ? 'trash' : hasTrashStatus(external) && !hasTrashStatus(local) ? 'untrash' : 'update'
  const sent = paths.reduce((doc, path) => writeField(doc, path, readField(local, path)), external)
  return { op, paths: toTrash ? paths.filter((path) => path !== 'status') : paths, expect: etag, sent }
}

/** References of the item as ids on the site; they must be resolved before a plan is sent. */
export interface ResolvedReferences {
  parent: number
  featured: { id: number; alt?: string } | null
  author?: number | string | null
}

/** A post's author as the site knows them: by id, by the integration's author map, or by what the site may look up. */
export function resolveAuthor(author: ItemDoc['author'], authors: AuthorMap): number | string | null {
  if (!author) return null
  return author.id ?? (Object.hasOwn(authors, author.name) ? authors[author.name] : null) ?? author.name
}

const EMPTY_SEO: Readonly<Record<string, unknown>> = { robots: [], primary_category: null }

/**
 * The `fields` of an `apply` command. A removed taxonomy becomes an empty list, a removed meta key null, a removed SEO
 * field an empty one.
 */
export function toApplyFields(local: ItemDoc, paths: readonly FieldPath[], resolved: ResolvedReferences): ApplyFields {
  const named = (kind: 'terms.' | 'meta.' | 'seo.', absentOf: (name: string) => unknown) =>
    paths
      .filter((path) => path.startsWith(kind))
      .map((path) => [path.slice(kind.length), readField(local, path)] as const)
      .map(([name, value]) => [name, value ?? absentOf(name)] as const)
  const fields: ApplyFields = {}
  for (const path of paths) {
    if (path === 'parent') fields.parent = resolved.parent
    else if (path === 'featured') fields.featured = resolved.featured
    else if (path === 'author') fields.author = resolved.author ?? 0
    else if (!path.includes('.')) Object.assign(fields, { [path]: readField(local, path) })
  }
  const [terms, meta, seo] = [
    named('terms.', () => []),
    named('meta.', () => null),
    named('seo.', (name) => (EMPTY_SEO[name] === undefined ? '' : EMPTY_SEO[name])),
  ]
  if (terms.length > 0) fields.terms = Object.fromEntries(terms) as Record<string, string[]>
  if (meta.length > 0) fields.meta = Object.fromEntries(meta)
  if (seo.length > 0) fields.seo = Object.fromEntries(seo)
  return fields
}
