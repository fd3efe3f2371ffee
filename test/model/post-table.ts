import type { ModelPost } from './types.ts'

/** Not posts that anybody edits. */
const NOT_CONTENT = new Set(['auto-draft'])

interface Orders {
  byModified: ModelPost[] | null
  byId: ModelPost[] | null
}

const byKeyset = (left: ModelPost, right: ModelPost) => left.modifiedS - right.modifiedS || left.id - right.id

/** Position of the first post after a keyset, in a sorted list. */
export function firstAfter(posts: readonly ModelPost[], isAfter: (post: ModelPost) => boolean): number {
  let [low, high] = [0, posts.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const post = posts[middle]
    if (post && isAfter(post)) high = middle
    else low = middle + 1
  }
  return low
}

/** `wp_posts`, with its two orders made when they are needed. */
export class PostTable {
  #posts = new Map<number, ModelPost>()
  #orders = new Map<string, Orders>()
  /** Posts by slug; made when the first one is looked for, since a bulk load needs none. */
  #slugs: Map<string, number[]> | null = null
  nextId = 1

  get(id: number): ModelPost | undefined {
    return this.#posts.get(id)
  }

  all(): MapIterator<ModelPost> {
    return this.#posts.values()
  }

  add(post: ModelPost): void {
    this.#posts.set(post.id, post)
    this.nextId = Math.max(this.nextId, post.id + 1)
    this.#noteSlug(post)
    this.#orders.delete(post.type)
  }

  remove(post: ModelPost): void {
    this.#posts.delete(post.id)
    this.#forgetSlug(post)
    this.#orders.delete(post.type)
  }

  /** Changes fields and keeps the sorted lists up to date. */
  change(post: ModelPost, changes: Partial<ModelPost>): void {
    if (changes.slug !== undefined && changes.slug !== post.slug) this.#forgetSlug(post)
    if (changes.type !== undefined && changes.type !== post.type) this.#orders.delete(post.type)
    const orders = this.#orders.get(post.type)
    if (orders && changes.modifiedS !== undefined && changes.modifiedS !== post.modifiedS) orders.byModified = null
    if (changes.type !== undefined || changes.status !== undefined) this.#orders.delete(changes.type ?? post.type)
    Object.assign(post, changes)
    post.revision++
    this.#noteSlug(post)
  }

  /** Posts of a type by (modified, id), trash included. */
  byModified(type: string): readonly ModelPost[] {
    const orders = this.#ordersOf(type)
    return (orders.byModified ??= this.#content(type).sort(byKeyset))
  }

  byId(type: string): readonly ModelPost[] {
    const orders = this.#ordersOf(type)
    return (orders.byId ??= this.#content(type).sort((left, right) => left.id - right.id))
  }

  /** Other posts with this slug. */
  withSlug(slug: string, except: number): ModelPost[] {
    if (!this.#slugs) {
      this.#slugs = new Map()
      for (const post of this.#posts.values()) this.#noteSlug(post)
    }
    return (this.#slugs.get(slug) ?? []).flatMap((id) => (id === except ? [] : (this.#posts.get(id) ?? [])))
  }

  #ordersOf(type: string): Orders {
    const known = this.#orders.get(type)
    if (known) return known
    const made = { byModified: null, byId: null }
    this.#orders.set(type, made)
    return made
  }

  #content(type: string): ModelPost[] {
    const posts: ModelPost[] = []
    for (const post of this.#posts.values()) {
      if (post.type === type && !NOT_CONTENT.has(post.status)) posts.push(post)
    }
    return posts
  }

  #noteSlug({ slug, id }: ModelPost): void {
    if (!this.#slugs || slug === '') return
    const holders = this.#slugs.get(slug)
    if (!holders) this.#slugs.set(slug, [id])
    else if (!holders.includes(id)) holders.push(id)
  }

  #forgetSlug({ slug, id }: ModelPost): void {
    const others = this.#slugs?.get(slug)?.filter((holder) => holder !== id)
    if (others) this.#slugs?.set(slug, others)
  }
}
