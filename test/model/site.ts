import { PostTable } from './post-table.ts'
import { TermTable } from './term-table.ts'
import type { ModelPost, PostType, Taxonomy } from './types.ts'
import type { SeoProvider } from '../../src/contract/seo-fields.ts'
import type { WebhookEvent } from '../../src/contract/content-link.ts'
import { formatTime } from './text.ts'

const type = (label: string, more: Partial<PostType> = {}): PostType => ({
  label,
  isPublic: true,
  isHierarchical: false,
  taxonomies: [],
  metaKeys: [],
  ...more,
})

const taxonomy = (label: string, isHierarchical: boolean): Taxonomy => ({ label, isHierarchical, isPublic: true })

type EventKind = 'status' | 'metadata' | 'deleted'
const STRENGTH: Readonly<Record<EventKind, number>> = { metadata: 0, status: 1, deleted: 2 }

/** An image of its own, an image with these bytes, a page of HTML, or an image that is too large. */
export type RemoteFile = 'image' | { image: string } | 'page' | 'large'

export interface SiteOptions {
  url?: string
  /** Unix milliseconds. */
  now: () => number
}

/** The content of a WordPress site, and the changes that its plugin notices. */
export class Site {
  readonly posts = new PostTable()
  readonly terms = new TermTable()
  readonly types = new Map<string, PostType>([
    ['post', type('Posts', { taxonomies: ['category', 'post_tag'] })],
    ['page', type('Pages', { isHierarchical: true })],
    ['attachment', type('Media')],
    ['product', type('Products', { taxonomies: ['product_cat', 'product_tag'] })],
  ])
  readonly taxonomies = new Map<string, Taxonomy>([
    ['category', taxonomy('Categories', true)],
    ['post_tag', taxonomy('Tags', false)],
    ['product_cat', taxonomy('Product Categories', true)],
    ['product_tag', taxonomy('Product Tags', false)],
  ])
  readonly users = new Map<number, string>([[1, 'admin']])
  readonly options: Record<string, unknown> = { default_category: 0 }
  /** Types and taxonomies that the owner denies in wp-admin. */
  readonly denied = new Set<string>()
  /** Posts that somebody has IGNY8 leave alone, and those of them of which it is still to be told. */
  readonly leftAlone = new Set<number>()
  readonly #toldAlone = new Set<number>()
  /** Who is signed in, by the name that events tell; null for nobody. */
  savedBy: string | null = null
  /** Whether posts go to a trash (EMPTY_TRASH_DAYS). Media never do. */
  hasTrash = true
  /** Statuses that wp-admin leaves out of “All”. */
  readonly hiddenStatuses = new Set(['trash', 'auto-draft', 'hidden-by-plugin'])
  /** What is found elsewhere; other addresses answer 404. Two with the same `image` have the same bytes. */
  readonly internet = new Map<string, RemoteFile>()
  /** What IGNY8 calls the site. */
  id = 'site_model'
  /** Without a trailing slash; changes when a server takes the model in. */
  url: string
  readonly now: () => number
  /** Seconds that the site's clock is ahead. */
  clockOffsetS = 0
  /** `post_modified` never moves, as with some importers and caches. */
  isModifiedFrozen = false
  /** The last scheduled post that WordPress missed and the plugin published; Unix seconds. */
  lastPublished: { id: number; due_at: number; at: number } | null = null
  /** The active SEO plugin. */
  seoPlugin: SeoProvider | null = null
  /** What the database or a filter changes in every stored text. */
  alterText: (text: string) => string = (text) => text
  /** Whether posts open in the block editor: the plugin then makes blocks of what it is sent. */
  makesBlocks = false
  /** Changes of WordPress' tables. */
  writes = 0
  /** Increased by changes that affect documents of other posts. */
  version = 0
  #touched = new Map<number, { post: ModelPost; kind: EventKind }>()

  constructor({ url = 'https://site.example.com', now }: SiteOptions) {
    this.url = url
    this.now = now
    this.options['default_category'] = this.terms.add('category', 'Uncategorized').id
  }

  /** Unix seconds by the site's own clock. */
  timeS(): number {
    return Math.floor(this.now() / 1000) + this.clockOffsetS
  }

  /** A public type that is registered now. */
  publicType(name: string): PostType | null {
    const found = this.types.get(name)
    return found?.isPublic ? found : null
  }

  /** Whether WordPress moves posts of a type to a trash. */
  keepsTrash(type: string): boolean {
    return this.hasTrash && type !== 'attachment'
  }

  /** Public taxonomies of a type that are registered now. */
  taxonomiesOf(type: PostType): string[] {
    return type.taxonomies.filter((name) => this.taxonomies.get(name)?.isPublic)
  }

  /** Adds a change to the plugin's outbox; of each post and request, the strongest event counts. */
  touch(post: ModelPost, kind: EventKind): void {
    this.writes++
    const noted = this.#touched.get(post.id)
    if (!noted || STRENGTH[kind] >= STRENGTH[noted.kind]) this.#touched.set(post.id, { post, kind })
  }

  /** Somebody has IGNY8 leave a post alone, or lets it be synced again. */
  leaveAlone(post: ModelPost, isLeftAlone: boolean): void {
    if (isLeftAlone) {
      this.leftAlone.add(post.id)
      this.#touched.delete(post.id)
      this.#toldAlone.add(post.id)
    } else {
      this.leftAlone.delete(post.id)
      this.touch(post, 'status')
    }
  }

  /** Posts of a list that IGNY8 may know of. */
  known(posts: readonly ModelPost[]): readonly ModelPost[] {
    return this.leftAlone.size === 0 ? posts : posts.filter(({ id }) => !this.leftAlone.has(id))
  }

  /** Adds posts whose documents show something that was changed elsewhere. */
  touchWhere(isConcerned: (post: ModelPost) => boolean): void {
    for (const post of this.posts.all()) if (isConcerned(post)) this.touch(post, 'metadata')
  }

  /** Drops the event of a post: the answer to an `apply` has reported it. */
  untouch(id: number): void {
    this.#touched.delete(id)
  }

  /** The events of everything touched since the last call. */
  takeEvents(): WebhookEvent[] {
    const events = [...this.#touched.values()].flatMap(({ post, kind }): WebhookEvent[] => {
      if (!this.publicType(post.type) || this.denied.has(post.type) || post.status === 'auto-draft') return []
      if (this.leftAlone.has(post.id) && kind !== 'deleted') return []
      return [
        {
          event: `post.${kind}`,
          post_id: post.id,
          post_type: post.type,
          status: post.status === 'inherit' ? 'publish' : post.status,
          modified_gmt: formatTime(kind === 'deleted' || post.modifiedS === 0 ? this.timeS() : post.modifiedS),
          ...(this.savedBy !== null && { saved_by: this.savedBy }),
        },
      ]
    })
    const told = [...this.#toldAlone].flatMap((id): WebhookEvent[] => {
      const post = this.posts.get(id)
      const modified = formatTime(this.timeS())
      return post
        ? [{ event: 'post.metadata', post_id: id, post_type: post.type, status: null, modified_gmt: modified }]
        : []
    })
    this.#touched.clear()
    this.#toldAlone.clear()
    return [...events, ...told]
  }
}
