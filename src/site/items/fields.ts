import { EMPTY_DOC, type ItemDoc } from './doc.ts'

/**
 * Names a field that is compared and merged on its own: a plain field, one taxonomy (`terms.category`), one meta key
 * (`meta.price`) or one SEO field (`seo.title`). So a tag added here and a category added there do not conflict.
 */
export type FieldPath = string

const PLAIN = ['title', 'body', 'excerpt', 'slug', 'status', 'date', 'parent', 'author', 'featured'] as const
type PlainField = (typeof PLAIN)[number]
const isPlain = (path: FieldPath): path is PlainField => (PLAIN as readonly string[]).includes(path)

/** Robots directives are a set. */
const ROBOTS: FieldPath = 'seo.robots'

/** A text that is the same for equal values: sorts keys, terms and directives, and identifies an image by URL and alt text. */
function canonical(path: FieldPath, value: unknown): string {
  if (path === ROBOTS) return JSON.stringify(((value as string[] | undefined) ?? []).toSorted())
  if (path.startsWith('terms.')) return JSON.stringify(((value as string[] | undefined) ?? []).toSorted())
  if (path === 'featured') {
    const image = value as ItemDoc['featured']
    return image === null ? 'null' : JSON.stringify([image.url, image.alt])
  }
  if (path === 'author') {
    const author = value as ItemDoc['author']
    // a user may be renamed: that changes no post
    return JSON.stringify(author ? (author.id ?? author.name) : null)
  }
  return JSON.stringify(sortKeys(value)) ?? 'undefined'
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([key, entry]) => [key, sortKeys(entry)]))
}

/** The value of a field; undefined if the taxonomy, meta key or SEO field is absent. */
export function readField(doc: ItemDoc, path: FieldPath): unknown {
  if (isPlain(path)) return doc[path]
  const [kind, key] = splitPath(path)
  const values: Record<string, unknown> = doc[kind] ?? {}
  // a taxonomy may be named like a property of Object.prototype
  return Object.hasOwn(values, key) ? values[key] : undefined
}

/** Copies some fields from one document into another. */
export const copyFields = (doc: ItemDoc, from: ItemDoc, paths: readonly FieldPath[]): ItemDoc =>
  paths.reduce((copy, path) => writeField(copy, path, readField(from, path)), doc)

/** Sets one field; undefined removes a taxonomy, meta key or SEO field. */
export function writeField(doc: ItemDoc, path: FieldPath, value: unknown): ItemDoc {
  if (isPlain(path)) return { ...doc, [path]: value ?? EMPTY_DOC[path] }
  const [kind, key] = splitPath(path)
  const { [key]: _, ...rest } = (doc[kind] ?? {}) as Record<string, unknown>
  return { ...doc, [kind]: value === undefined ? rest : { ...rest, [key]: value } }
}

type Kind = 'terms' | 'meta' | 'seo'

function splitPath(path: FieldPath): [Kind, string] {
  const dot = path.indexOf('.')
  const kind = path.slice(0, dot)
  return [kind === 'terms' || kind === 'seo' ? kind : 'meta', path.slice(dot + 1)]
}

const fieldsOf = (doc: ItemDoc): FieldPath[] => [
  ...PLAIN,
  ...Object.keys(doc.terms).map((taxonomy) => `terms.${taxonomy}`),
  ...Object.keys(doc.meta).map((key) => `meta.${key}`),
  ...Object.keys(doc.seo ?? {}).map((name) => `seo.${name}`),
]

/** Whether a field has the same value in two documents. */
export const isFieldEqual = (left: ItemDoc, right: ItemDoc, path: FieldPath): boolean =>
  canonical(path, readField(left, path)) === canonical(path, readField(right, path))

/** The fields that still have to be sent. An author who is not known here is the site's. */
export const pendingFields = (external: ItemDoc, local: ItemDoc): FieldPath[] =>
  diffDocs(external, local).filter((path) => path !== 'author' || Boolean(local.author))

/** The fields in which two documents differ. */
export function diffDocs(left: ItemDoc, right: ItemDoc): FieldPath[] {
  if (left === right) return []
  return [...new Set([...fieldsOf(left), ...fieldsOf(right)])].filter((path) => !isFieldEqual(left, right, path))
}
