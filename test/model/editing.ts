import type { Site } from './site.ts'
import type { ModelPost, ModelTerm, NewPost, PostChanges, PostType } from './types.ts'
import { deletePost, insertPost, publishDue, trashPost, untrashPost, updatePost } from './writing.ts'

/** What tests write: terms by name; missing ones are created. */
export type Edit = Omit<PostChanges, 'terms'> & { terms?: Record<string, string[]> }
export type Creation = Omit<NewPost, 'terms'> & { terms?: Record<string, string[]> }

/** What people, other plugins and accidents do to a site. All but `editBehindItsBack` send webhooks. */
export abstract class SiteEditing {
  readonly site: Site

  constructor(site: Site) {
    this.site = site
  }

  /** Sends the webhooks of the changes. */
  abstract flush(): void

  post(id: number): ModelPost {
    const post = this.site.posts.get(id)
    if (!post) throw new RangeError(`The model has no post ${id}`)
    return post
  }

  /** Creates a post like the editor: an auto-draft that is then saved, so `modified` is now. */
  createPost(input: Creation = {}): ModelPost {
    return this.importPost({ modifiedS: this.site.timeS(), ...input })
  }

  /** Creates a post like importers and `wp_insert_post`: `modified` is its date, or 0 for a draft without one. */
  importPost({ terms, ...input }: Creation = {}): ModelPost {
    const post = insertPost(this.site, { title: 'Untitled', ...input, ...(terms && { terms: this.#termIds(terms) }) })
    this.flush()
    return post
  }

  editPost(id: number, { terms, ...changes }: Edit): ModelPost {
    const post = this.post(id)
    updatePost(this.site, post, { ...changes, ...(terms && { terms: this.#termIds(terms) }) })
    this.flush()
    return post
  }

  setMeta(id: number, key: string, value: unknown): void {
    this.editPost(id, { meta: { [key]: value } })
  }

  /** Copies a post with all its meta, ours too, as plugins that duplicate posts do. */
  copyPost(id: number, status = 'draft'): ModelPost {
    const { title, body, excerpt, type, parent, terms, meta, featured } = this.post(id)
    const copied = { title, body, excerpt, type, parent, featured, terms, status, modifiedS: this.site.timeS() }
    const copy = insertPost(this.site, copied)
    this.site.posts.change(copy, { meta: { ...meta } })
    this.flush()
    return copy
  }

  /** Somebody opens a post in the editor, and leaves the tab open for so long. */
  openEditor(id: number, seconds = 0): void {
    const post = this.post(id)
    this.site.posts.change(post, { meta: { ...post.meta, _edit_lock: `${this.site.timeS() + seconds}:1` } })
  }

  /** Somebody has IGNY8 leave a post alone, or sync it again, in its editor. */
  leaveAlone(id: number, isLeftAlone = true): void {
    this.site.leaveAlone(this.post(id), isLeftAlone)
    this.flush()
  }

  /** A change by SQL: `modified` stays, no hook runs, no webhook is sent. */
  editBehindItsBack(id: number, changes: Partial<Omit<ModelPost, 'id' | 'revision'>>): void {
    this.site.posts.change(this.post(id), changes)
    this.site.version++
  }

  trash(id: number): void {
    trashPost(this.site, this.post(id))
    this.flush()
  }

  untrash(id: number): void {
    untrashPost(this.site, this.post(id))
    this.flush()
  }

  deletePost(id: number): void {
    deletePost(this.site, this.post(id))
    this.flush()
  }

  /** Publishes scheduled posts that are due, like WordPress's cron. */
  runCron(): void {
    publishDue(this.site)
    this.flush()
  }

  /** Creates a term; its name may be taken. */
  addTerm(
    taxonomy: string,
    name: string,
    options?: { slug?: string; parent?: number; description?: string },
  ): ModelTerm {
    const term = this.site.terms.add(taxonomy, name, options)
    this.#reportSameNamed(taxonomy, [name])
    return term
  }

  renameTerm(id: number, name: string): void {
    const term = this.site.terms.get(id)
    if (!term) return
    const before = term.name
    this.site.terms.change(term, { name })
    this.#reportSameNamed(term.taxonomy, [before, name])
  }

  removeTerm(id: number): void {
    const term = this.site.terms.get(id)
    if (!term) return
    this.site.touchWhere(({ terms }) => terms[term.taxonomy]?.includes(id) ?? false)
    this.site.terms.remove(term)
    this.#reportSameNamed(term.taxonomy, [term.name])
  }

  /** Puts an image into the media library by hand. */
  addImage(name: string, alt = ''): ModelPost {
    const meta = alt === '' ? {} : { _wp_attachment_image_alt: alt }
    const image = insertPost(this.site, { type: 'attachment', title: name, meta })
    this.site.posts.change(image, { fileUrl: `${this.site.url}/wp-content/uploads/${image.slug}.jpg` })
    this.flush()
    return image
  }

  registerType(name: string, type: Partial<PostType> & { label: string }): void {
    const defaults = { isPublic: true, isHierarchical: false, taxonomies: [], metaKeys: [] }
    this.site.types.set(name, { ...defaults, ...type })
    this.site.version++
  }

  /** Unregisters a type, like a deactivated plugin; its posts stay in the table. */
  unregisterType(name: string): void {
    this.site.types.delete(name)
  }

  setClockOffset(seconds: number): void {
    this.site.clockOffsetS = seconds
  }

  /** Reports posts with terms of these names: their documents now name these terms differently. */
  #reportSameNamed(taxonomy: string, names: string[]): void {
    const sameNamed = new Set(names.flatMap((name) => this.site.terms.named(taxonomy, name).map(({ id }) => id)))
    this.site.touchWhere(({ terms }) => terms[taxonomy]?.some((id) => sameNamed.has(id)) ?? false)
    this.flush()
  }

  #termIds(terms: Record<string, string[]>): Record<string, number[]> {
    const find = (taxonomy: string, name: string) =>
      (this.site.terms.named(taxonomy, name)[0] ?? this.site.terms.add(taxonomy, name)).id
    return Object.fromEntries(
      Object.entries(terms).map(([taxonomy, names]) => [taxonomy, names.map((name) => find(taxonomy, name))]),
    )
  }
}
