import type { PostDocument } from '../../contract/content-link.ts'

/**
 * One side of an item: what is compared, merged and sent. `parent` is a post id of the site, an item id where the
 * parent has none yet, or null. Everything else is as in docs/protocol-content.md.
 */
export interface ItemDoc {
  title: string
  body: string
  excerpt: string
  slug: string
  status: string
  date: string | null
  parent: number | string | null
  terms: Record<string, string[]>
  meta: Record<string, unknown>
  featured: { id?: number; url: string; alt: string } | null
}

export const EMPTY_DOC: ItemDoc = {
  title: '',
  body: '',
  excerpt: '',
  slug: '',
  status: 'draft',
  date: null,
  parent: null,
  terms: {},
  meta: {},
  featured: null,
}

/** The comparable part of a post; a document without a body takes the one that is known. */
export function toItemDoc(post: PostDocument, knownBody = ''): ItemDoc {
  const { title, excerpt, slug, status, date, terms, meta, featured } = post
  return {
    title,
    body: post.body ?? knownBody,
    excerpt,
    slug,
    status,
    date: date === null ? null : new Date(date).toISOString(),
    parent: post.parent === 0 ? null : post.parent,
    terms,
    meta,
    featured,
  }
}
