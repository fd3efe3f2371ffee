import { hash32 } from './hash.ts'
import { MADE_KEY, madeOf } from './made-body.ts'
import { seoOf } from './seo.ts'
import type { Site } from './site.ts'
import { byteLength, formatTime } from './text.ts'
import { MAX_DOCUMENT_BYTES, type ModelPost } from './types.ts'

export const SEO_KEYS = [
  '_yoast_wpseo_title',
  '_yoast_wpseo_metadesc',
  '_yoast_wpseo_focuskw',
  '_yoast_wpseo_canonical',
  'rank_math_title',
  'rank_math_description',
  'rank_math_focus_keyword',
  'rank_math_canonical_url',
]
/** Post meta that a `create` of ours leaves: the item; which post of which site was made for it; not finished yet. */
export const ITEM_KEY = '_igny8_item_id'
export const LINK_KEY = '_igny8_item_link'
export const UNFINISHED_KEY = '_igny8_unfinished'
export const ALT_KEY = '_wp_attachment_image_alt'

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  return typeof value !== 'object' || value === null || Object.values(value).every(isWellFormed)
}

export type DocumentFields = 'full' | 'metadata' | 'ids'

export const bodyOf = (post: ModelPost): string => (typeof post.body === 'string' ? post.body : post.body(post.id))

/** Names an item, the post that was made for it and the site: a copy of the meta is on another post or site. */
export const linkOf = (site: Site, postId: number, itemId: string): string => `${itemId} ${postId} ${site.id}`

/** The item that a post was made for; null for a copy, whatever its meta says. */
export function itemIdOf(site: Site, { id, meta }: ModelPost): string | null {
  const itemId = meta[ITEM_KEY]
  return typeof itemId === 'string' && meta[LINK_KEY] === linkOf(site, id, itemId) ? itemId : null
}

/** Whether an interrupted `create` left the post. */
export const isUnfinished = (site: Site, post: ModelPost): boolean =>
  itemIdOf(site, post) !== null && post.meta[UNFINISHED_KEY] === post.meta[LINK_KEY]

/** The public URL of a post. */
export function permalinkOf(site: Site, post: ModelPost): string {
  const type = site.types.get(post.type)
  const hasAddress = ['publish', 'inherit'].includes(post.status) && post.slug !== ''
  if (!hasAddress) return `${site.url}/?${post.type === 'page' ? 'page_id' : `post_type=${post.type}&p`}=${post.id}`
  const slugs = [post.slug]
  const seen = new Set([post.id])
  let above = type?.isHierarchical ? site.posts.get(post.parent) : undefined
  while (above && !seen.has(above.id)) {
    slugs.unshift(above.slug)
    seen.add(above.id)
    above = site.posts.get(above.parent)
  }
  const prefix = ['post', 'page', 'attachment'].includes(post.type) ? '' : `${post.type}/`
  return `${site.url}/${prefix}${slugs.join('/')}/`
}

function termsOf(site: Site, post: ModelPost): Record<string, string[]> {
  const type = site.types.get(post.type)
  if (!type) return {}
  return Object.fromEntries(
    site.taxonomiesOf(type).map((taxonomy) => [taxonomy, site.terms.describe(post.terms[taxonomy] ?? [])]),
  )
}

/** The keys that documents of a type may show and `apply` may change. */
export const metaKeysOf = (site: Site, type: string): string[] => [
  ...(site.types.get(type)?.metaKeys ?? []),
  ...SEO_KEYS,
]

function metaOf(site: Site, post: ModelPost): Record<string, unknown> {
  const keys = metaKeysOf(site, post.type).filter((key) => Object.hasOwn(post.meta, key))
  return Object.fromEntries(keys.sort().map((key) => [key, post.meta[key]]))
}

function featuredOf(site: Site, post: ModelPost) {
  const image = post.featured === 0 ? undefined : site.posts.get(post.featured)
  if (!image || image.type !== 'attachment') return null
  const alt = image.meta[ALT_KEY]
  return { id: image.id, url: image.fileUrl, alt: typeof alt === 'string' ? alt : '' }
}

/** All fields that the etag covers, except the body. */
function head(site: Site, post: ModelPost) {
  const { id, type, title, excerpt, slug, parent, author } = post
  const seo = seoOf(site, post)
  return {
    id,
    type,
    title,
    excerpt,
    slug,
    status: post.status === 'inherit' ? 'publish' : post.status,
    date: post.dateS === null ? null : formatTime(post.dateS),
    parent,
    author,
    terms: termsOf(site, post),
    meta: metaOf(site, post),
    featured: featuredOf(site, post),
    ...(post.password !== '' && { protected: true }),
    ...(seo && { seo }),
  }
}

/** Cached parts of a document, except the body, which may be large. Dropped when something they depend on changes. */
interface Kept {
  post: ModelPost
  revision: number
  version: string
  etag: string | null
  /** JSON without the closing brace, or of the whole error. */
  json: string
  /** Of the document with its body. */
  bytes: number
}

/** A document as it is sent, and its length in bytes. */
export interface Part {
  json: string
  bytes: number
}

/** Makes documents, fast enough for a site with a hundred thousand posts. */
export class Documents {
  #site: Site
  #kept = new Map<number, Kept>()

  constructor(site: Site) {
    this.#site = site
  }

  /** A document as `index` and `fetch` send it. */
  part(post: ModelPost, fields: DocumentFields): Part {
    if (fields === 'ids') return whole(JSON.stringify({ id: post.id, type: post.type, modified: post.modifiedS }))
    const { etag, json, bytes } = this.#keep(post)
    if (etag === null) return { json, bytes }
    if (fields === 'metadata') return whole(`${json},"body":null}`)
    return { json: `${json},"body":${JSON.stringify(bodyOf(post))}}`, bytes }
  }

  json(post: ModelPost, fields: DocumentFields): string {
    return this.part(post, fields).json
  }

  /** Null for a document that can't be sent. */
  etag(post: ModelPost): string | null {
    return this.#keep(post).etag
  }

  #keep(post: ModelPost): Kept {
    const version = `${this.#site.version}.${this.#site.terms.version}`
    const known = this.#kept.get(post.id)
    if (known?.post === post && known.revision === post.revision && known.version === version) return known
    const made = { post, revision: post.revision, version, ...this.#make(post) }
    this.#kept.set(post.id, made)
    return made
  }

  #make(post: ModelPost): Pick<Kept, 'etag' | 'json' | 'bytes'> {
    if (post.isUnreadable) return poisoned(post, 'unreadable', 'Exception: a plugin failed while the post was read')
    const body = bodyOf(post)
    const start = head(this.#site, post)
    if (![start.title, body, start.excerpt, start.meta].every(isWellFormed)) {
      return poisoned(post, 'invalid_utf8', 'Malformed UTF-8 characters, possibly incorrectly encoded')
    }
    const { featured } = start
    const covered = JSON.stringify({ ...start, featured: featured && [featured.id, featured.alt] })
    const etag = hash32(body, covered)
    const others = {
      etag,
      meta_etag: hash32(covered),
      modified: post.modifiedS,
      author_name: this.#site.users.get(post.author) ?? '',
      url: permalinkOf(this.#site, post),
      item_id: itemIdOf(this.#site, post),
      unfinished: isUnfinished(this.#site, post),
      listed: !this.#site.hiddenStatuses.has(post.status),
      ...(MADE_KEY in post.meta && { made_of: madeOf(post, body) }),
    }
    const json = JSON.stringify({ ...start, ...others }).slice(0, -1)
    const bytes = byteLength(json) + byteLength(JSON.stringify(body)) + ',"body":}'.length
    if (bytes <= MAX_DOCUMENT_BYTES) return { etag, json, bytes }
    return poisoned(
      post,
      'item_too_large',
      `The document has ${bytes} bytes of JSON; ${MAX_DOCUMENT_BYTES} are the most.`,
    )
  }
}

export const whole = (json: string): Part => ({ json, bytes: byteLength(json) })

function poisoned({ id, type, modifiedS: modified }: ModelPost, code: string, detail: string) {
  return { etag: null, ...whole(JSON.stringify({ id, type, modified, etag: null, error: { code, detail } })) }
}
