import type { ItemVersion } from '../../api/types.ts'
import { SEO_TEXTS } from '../seo.ts'

/** A field in which two versions of an item differ. `path` is the API's name of a conflicting field. */
export type FieldChange =
  | { kind: 'body'; path: 'body'; left: string; right: string }
  | { kind: 'text'; path: string; left: string; right: string }
  /** Short values that are compared as a whole; null if absent. */
  | { kind: 'value'; path: string; left: string | null; right: string | null }
  | { kind: 'list'; path: string; removed: string[]; kept: string[]; added: string[] }

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([key, entry]) => [key, sortKeys(entry)]))
}

/** A meta value as text; objects as JSON with sorted keys. */
export const metaText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(sortKeys(value), null, 2) ?? '')

const imageText = (image: ItemVersion['featured_image']): string | null =>
  image && (image.alt ? `${image.url}\n${image.alt}` : image.url)

/** Name of an author, or the user id while the name is not known; null without an author. */
export const authorText = (author: ItemVersion['author']): string | null =>
  author && (author.name || String(author.id ?? ''))

/** Two names of one user are no difference. */
const authorChange = (left: ItemVersion['author'], right: ItemVersion['author']): FieldChange => ({
  kind: 'value',
  path: 'author',
  left: authorText(left),
  right: left && right && left.id !== null && left.id === right.id ? authorText(left) : authorText(right),
})

const momentOf = (date: string | null) => (date === null ? null : new Date(date).toISOString())
const own = <T>(record: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined
const keysOf = (left: object, right: object) => [...new Set([...Object.keys(left), ...Object.keys(right)])].toSorted()

/** Compares two sets of names. */
function compareList(path: string, before: readonly string[], after: readonly string[]): FieldChange[] {
  const removed = before.filter((name) => !after.includes(name))
  const added = after.filter((name) => !before.includes(name))
  if (removed.length + added.length === 0) return []
  const kept = before.filter((name) => after.includes(name))
  return [{ kind: 'list', path, removed, kept, added }]
}

const compareTerms = (left: ItemVersion['terms'], right: ItemVersion['terms']): FieldChange[] =>
  keysOf(left, right).flatMap((taxonomy) =>
    compareList(`terms.${taxonomy}`, own(left, taxonomy) ?? [], own(right, taxonomy) ?? []),
  )

function compareMeta(left: ItemVersion['meta'], right: ItemVersion['meta']): FieldChange[] {
  return keysOf(left, right).flatMap((key): FieldChange[] => {
    const [before, after] = [own(left, key), own(right, key)]
    const [one, other] = [before, after].map((value) => (value === undefined ? null : metaText(value)))
    if (one === other && typeof before === typeof after) return []
    const path = `meta.${key}`
    return one == null || other == null
      ? [{ kind: 'value', path, left: one ?? null, right: other ?? null }]
      : [{ kind: 'text', path, left: one, right: other }]
  })
}

const SEO_FIELDS = [...SEO_TEXTS, 'primary_category'] as const

function compareSeo(left: ItemVersion['seo'], right: ItemVersion['seo']): FieldChange[] {
  const texts = SEO_FIELDS.flatMap((name): FieldChange[] => {
    const [before, after] = [left?.[name] ?? '', right?.[name] ?? '']
    return before === after ? [] : [{ kind: 'text', path: `seo.${name}`, left: before, right: after }]
  })
  return [...texts, ...compareList('seo.robots', left?.robots ?? [], right?.robots ?? [])]
}

/** The fields in which two versions of an item differ, the most important first. */
export function compareVersions(left: ItemVersion, right: ItemVersion): FieldChange[] {
  const changes: FieldChange[] = [
    { kind: 'text', path: 'title', left: left.title, right: right.title },
    { kind: 'value', path: 'status', left: left.status, right: right.status },
    { kind: 'text', path: 'slug', left: left.slug, right: right.slug },
    { kind: 'value', path: 'date', left: momentOf(left.date), right: momentOf(right.date) },
    { kind: 'text', path: 'excerpt', left: left.excerpt, right: right.excerpt },
    { kind: 'body', path: 'body', left: left.body, right: right.body },
    { kind: 'value', path: 'parent', left: left.parent_id, right: right.parent_id },
    authorChange(left.author, right.author),
    { kind: 'value', path: 'featured', left: imageText(left.featured_image), right: imageText(right.featured_image) },
  ]
  const plain = changes.filter((change) => change.kind === 'list' || change.left !== change.right)
  return [
    ...plain,
    ...compareTerms(left.terms, right.terms),
    ...compareSeo(left.seo, right.seo),
    ...compareMeta(left.meta, right.meta),
  ]
}
