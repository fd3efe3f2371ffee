import { ALT_KEY, metaKeysOf } from './document.ts'
import type { Site } from './site.ts'
import { sanitizeTitle } from './text.ts'
import type { ModelPost, NewPost, PostChanges } from './types.ts'

/** Statuses whose date floats and whose slug need not be unique. */
const UNSETTLED = new Set(['draft', 'pending', 'auto-draft'])
const MINUTE_S = 60
const TRASHED_SUFFIX = '__trashed'
const TRASH_META = ['_wp_trash_meta_status', '_wp_desired_post_slug']

function uniqueSlug(site: Site, post: ModelPost, wanted: string): string {
  if (UNSETTLED.has(post.status) || wanted === '') return wanted
  const isHierarchical = site.types.get(post.type)?.isHierarchical
  const isTaken = (slug: string) =>
    site.posts
      .withSlug(slug, post.id)
      .some(({ type, parent }) => type === post.type && (!isHierarchical || parent === post.parent))
  for (let suffix = 1; ; suffix++) {
    const slug = suffix === 1 ? wanted : `${wanted.slice(0, 199 - String(suffix).length)}-${suffix}`
    if (!isTaken(slug)) return slug
  }
}

/**
 * `publish` with a date to come is `future`, and the other way round (`wp_insert_post`).
 * @param leadS seconds that a date has to be ahead; the plugin's own writes schedule to the second
 */
function settleStatus(site: Site, status: string, dateS: number | null, leadS = MINUTE_S): string {
  const aheadS = dateS === null ? 0 : dateS - site.timeS()
  if (status === 'publish' && aheadS >= MINUTE_S) return 'future'
  return status === 'future' && aheadS < leadS ? 'publish' : status
}

/** Only a post that is not published can have a floating date. */
function settleDate(site: Site, status: string, dateS: number | null, known: number | null): number | null {
  return dateS === null && !UNSETTLED.has(status) ? (known ?? site.timeS()) : dateS
}

function settleTerms(site: Site, post: ModelPost): void {
  const fallback = Number(site.options['default_category'])
  const needsCategory = post.type === 'post' && post.status !== 'auto-draft' && fallback > 0
  if (needsCategory && (post.terms['category'] ?? []).length === 0) post.terms = { ...post.terms, category: [fallback] }
}

function mergeMeta(meta: Record<string, unknown>, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...meta, ...changes }).filter(([, value]) => value !== null))
}

function alter(site: Site, changes: PostChanges): PostChanges {
  const altered = { ...changes }
  if (altered.title !== undefined) altered.title = site.alterText(altered.title)
  if (typeof altered.body === 'string') altered.body = site.alterText(altered.body)
  if (altered.excerpt !== undefined) altered.excerpt = site.alterText(altered.excerpt)
  return altered
}

/** `wp_insert_post` of a new post: `modified` is the post's own date, and nothing for a draft without one. */
export function insertPost(site: Site, input: NewPost, leadS?: number): ModelPost {
  const { type = 'post', id, modifiedS, ...fields } = input
  const changes = alter(site, fields)
  const status = type === 'attachment' ? 'inherit' : (changes.status ?? 'draft')
  const dateS = settleDate(site, status, changes.dateS ?? null, null)
  const post: ModelPost = {
    id: id ?? site.posts.nextId,
    type,
    title: changes.title ?? '',
    body: changes.body ?? '',
    excerpt: changes.excerpt ?? '',
    slug: '',
    status: settleStatus(site, status, dateS, leadS),
    dateS,
    modifiedS: modifiedS ?? dateS ?? 0,
    parent: changes.parent ?? 0,
    author: changes.author ?? 1,
    terms: changes.terms ?? {},
    meta: mergeMeta({}, changes.meta),
    featured: changes.featured ?? 0,
    fileUrl: '',
    password: changes.password ?? '',
    isUnreadable: false,
    ...(changes.seo && { seo: changes.seo }),
    revision: 0,
  }
  const slug =
    sanitizeTitle(changes.slug ?? '') ||
    (UNSETTLED.has(post.status) ? '' : sanitizeTitle(post.title) || String(post.id))
  post.slug = uniqueSlug(site, post, slug)
  settleTerms(site, post)
  site.posts.add(post)
  site.touch(post, 'status')
  return post
}

const ASIDE = new Set(['terms', 'meta', 'featured', 'seo'])

/**
 * `wp_update_post` and the calls for terms and meta beside it; these alone leave `modified` as it is, unless `isWhole`.
 */
export function updatePost(site: Site, post: ModelPost, input: PostChanges, isWhole = false): void {
  const changes = alter(site, input)
  const isPostSaved = isWhole || Object.keys(changes).some((key) => !ASIDE.has(key))
  const { terms, meta, slug, seo, ...plain } = changes
  const seoFields = seo && { seo: { ...post.seo, ...seo } }
  const next: ModelPost = {
    ...post,
    ...plain,
    ...seoFields,
    terms: { ...post.terms, ...terms },
    meta: mergeMeta(post.meta, meta),
  }
  if (isPostSaved) {
    next.dateS = settleDate(site, next.status, next.dateS, post.dateS)
    next.status = settleStatus(site, next.status, next.dateS, isWhole ? 1 : MINUTE_S)
    const wanted = slug === undefined ? post.slug : sanitizeTitle(slug)
    next.slug = uniqueSlug(
      site,
      next,
      wanted || (UNSETTLED.has(next.status) ? '' : sanitizeTitle(next.title) || String(post.id)),
    )
    if (!site.isModifiedFrozen) next.modifiedS = site.timeS()
    settleTerms(site, next)
  }
  const changesOthers =
    post.type === 'attachment' || (site.types.get(post.type)?.isHierarchical && next.slug !== post.slug)
  if (changesOthers) site.version++
  const { revision: _, ...changed } = next
  if (isAltNew(post, next)) site.touchWhere((other) => other.featured === post.id)
  site.posts.change(post, changed)
  if (isPostSaved) site.touch(post, 'status')
  else if (terms !== undefined || 'featured' in changes || seo !== undefined || hasShownKey(site, post, meta))
    site.touch(post, 'metadata')
}

const isAltNew = (before: ModelPost, after: ModelPost) => before.meta[ALT_KEY] !== after.meta[ALT_KEY]

/** Meta that no document shows sends no webhook. */
function hasShownKey(site: Site, post: ModelPost, meta: Record<string, unknown> = {}): boolean {
  const shown = metaKeysOf(site, post.type)
  return Object.keys(meta).some((key) => shown.includes(key))
}

export function trashPost(site: Site, post: ModelPost): void {
  if (post.status === 'trash') return
  const { status, slug } = post
  updatePost(site, post, { status: 'trash' })
  const trashed =
    slug === '' || slug.endsWith(TRASHED_SUFFIX) ? slug : slug.slice(0, 200 - TRASHED_SUFFIX.length) + TRASHED_SUFFIX
  const desired = slug === '' ? {} : { _wp_desired_post_slug: slug }
  site.posts.change(post, { slug: trashed, meta: { ...post.meta, _wp_trash_meta_status: status, ...desired } })
}

/** Back to a draft, whatever it was before, as WordPress does since 5.6. */
export function untrashPost(site: Site, post: ModelPost): void {
  if (post.status !== 'trash') return
  const desired = post.meta['_wp_desired_post_slug']
  const nothing = Object.fromEntries(TRASH_META.map((key) => [key, null]))
  const status = post.type === 'attachment' ? 'inherit' : 'draft'
  updatePost(site, post, { status, meta: nothing, ...(typeof desired === 'string' && { slug: desired }) })
}

/** For good. Children move up to the grandparent, without their `modified` moving. */
export function deletePost(site: Site, post: ModelPost): void {
  site.posts.remove(post)
  site.version++
  if (site.types.get(post.type)?.isHierarchical) {
    for (const child of site.posts.all()) {
      if (child.parent !== post.id || child.type !== post.type) continue
      site.posts.change(child, { parent: post.parent })
      site.touch(child, 'status')
    }
  }
  if (post.type === 'attachment') {
    for (const other of site.posts.all()) {
      if (other.featured === post.id) site.posts.change(other, { featured: 0 })
    }
  }
  site.touch(post, 'deleted')
}

/** Seconds after which the plugin publishes a post that WordPress has missed, and after which it only reports it. */
const OVERDUE_S = 5 * 60
const LATEST_S = 86_400

const overdueS = (site: Site, { status, dateS }: ModelPost) => (status === 'future' ? site.timeS() - (dateS ?? 0) : -1)

/** Scheduled posts that are late, the longest first. */
export const overduePosts = (site: Site): ModelPost[] =>
  [...site.posts.all()]
    .filter((post) => overdueS(site, post) >= OVERDUE_S)
    .sort((left, right) => (left.dateS ?? 0) - (right.dateS ?? 0))

/** The plugin, after commands: publishes scheduled posts that WordPress has missed. */
export function publishOverdue(site: Site): void {
  for (const post of overduePosts(site)) {
    if (overdueS(site, post) > LATEST_S) continue
    site.posts.change(post, { status: 'publish' })
    site.lastPublished = { id: post.id, due_at: post.dateS ?? 0, at: site.timeS() }
    site.touch(post, 'status')
  }
}

/** WordPress' cron: scheduled posts whose time has come are published, and `modified` does not move. */
export function publishDue(site: Site): void {
  for (const post of site.posts.all()) {
    if (post.status !== 'future' || (post.dateS ?? 0) > site.timeS()) continue
    site.posts.change(post, { status: 'publish' })
    site.touch(post, 'status')
  }
}
