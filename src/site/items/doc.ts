import type { PostDocument } from '../../contract/content-link.ts'
import type { ItemAuthor } from '../../contract/content.ts'
import type { SeoUpdate } from '../../contract/seo.ts'

/**
 * The content of one side of an item: the fields that are compared, merged and sent. `parent` is the parent's post id,
 * or its item id while it has no post, or null. docs/protocol-content.md defines the other fields.
 */
export interface ItemDoc {
  title: string
  body: string
  excerpt: string
  slug: string
  status: string
  date: string | null
  parent: number | string | null
  /** Null or absent while it is not known: the site then decides. Without an id it is a name that the push resolves. */
  author?: ItemAuthor | null
  terms: Record<string, string[]>
  meta: Record<string, unknown>
  featured: { id?: number; url: string; alt: string } | null
  /** Fields of the site's SEO plugin (src/contract/seo.ts). Absent if it has none. */
  seo?: SeoUpdate | undefined
}

export const EMPTY_DOC: ItemDoc = {
  title: '',
  body: '',
  excerpt: '',
  slug: '',
  status: 'draft',
  date: null,
  parent: null,
  author: null,
  terms: {},
  meta: {},
  featured: null,
}

function withoutProvider(seo: NonNullable<PostDocument['seo']>): SeoUpdate {
  const { provider: _, ...fields } = seo
  return fields
}

/** The content of a post. If the site sent no body, the known one is used. */
export function toItemDoc(post: PostDocument, knownBody = ''): ItemDoc {
  const { title, excerpt, slug, status, date, author, author_name: name, terms, meta, featured, seo } = post
  return {
    title,
    body: post.body ?? knownBody,
    excerpt,
    slug,
    status,
    date: date === null ? null : new Date(date).toISOString(),
    parent: post.parent === 0 ? null : post.parent,
    author: { id: author, name },
    terms,
    meta,
    featured,
    ...(seo && { seo: withoutProvider(seo) }),
  }
}

/** A document with the author of another where it has none of its own. */
export const withKnownAuthor = (doc: ItemDoc, { author = null }: ItemDoc): ItemDoc =>
  doc.author || !author ? doc : { ...doc, author }
