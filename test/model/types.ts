import type { SeoUpdate } from '../../src/contract/seo.ts'

/** Makes the text of a post when it is asked for, so that 100,000 posts cost no memory for theirs. */
export type LazyBody = (id: number) => string

/**
 * A row of `wp_posts` with what hangs on it. Times are Unix seconds; `dateS` null and `modifiedS` 0 are WordPress's
 * zeros.
 */
export interface ModelPost {
  id: number
  type: string
  title: string
  body: string | LazyBody
  excerpt: string
  slug: string
  status: string
  dateS: number | null
  modifiedS: number
  parent: number
  author: number
  /** Term ids by taxonomy. */
  terms: Record<string, number[]>
  /** Everything in `wp_postmeta`, hidden keys included. */
  meta: Record<string, unknown>
  featured: number
  /** Address of an attachment's file. */
  fileUrl: string
  /** Visitors need it; '' for none. No document shows it. */
  password: string
  /** Some plugin throws whenever this post is read. */
  isUnreadable: boolean
  /** What the SEO plugin has stored. */
  seo?: SeoUpdate
  /** Increased by every change. */
  revision: number
}

export interface ModelTerm {
  id: number
  taxonomy: string
  name: string
  slug: string
  parent: number
  description: string
}

export interface PostType {
  label: string
  isPublic: boolean
  isHierarchical: boolean
  taxonomies: string[]
  /** Keys registered with `show_in_rest`. */
  metaKeys: string[]
}

export interface Taxonomy {
  label: string
  isPublic: boolean
  isHierarchical: boolean
}

/** What a test or the plugin writes; absent fields stay as they are, or are WordPress's defaults. */
export interface PostChanges {
  title?: string
  body?: string | LazyBody
  excerpt?: string
  slug?: string
  status?: string
  /** Unix seconds; null lets the date float. */
  dateS?: number | null
  parent?: number
  author?: number
  /** Term ids; the taxonomies named are replaced. */
  terms?: Record<string, number[]>
  /** null deletes a key. */
  meta?: Record<string, unknown>
  featured?: number
  password?: string
  /** Fields that are left out stay. */
  seo?: SeoUpdate
}

export interface NewPost extends PostChanges {
  type?: string
  /** To use an id again; else the next one. */
  id?: number
  modifiedS?: number
}

/** Thrown inside a command; becomes its error. */
export class CommandFailure extends Error {
  readonly code: string
  readonly isRetryable: boolean
  /** What the detail says, for programs: `alteration` or `permission`. */
  readonly facts: Record<string, unknown>

  constructor(code: string, detail: string, isRetryable = false, facts: Record<string, unknown> = {}) {
    super(detail)
    this.code = code
    this.isRetryable = isRetryable
    this.facts = facts
  }
}

export const MAX_DOCUMENT_BYTES = 1_500_000
