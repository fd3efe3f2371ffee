import { FetchArguments, IndexArguments, readArguments } from '../arguments.ts'
import type { Context } from '../context.ts'
import type { Documents } from '../document.ts'
import { firstAfter } from '../post-table.ts'
import type { Site } from '../site.ts'
import { CommandFailure, type ModelPost, type PostType } from '../types.ts'

export interface Reading {
  site: Site
  documents: Documents
  /** Cost of one document, as the model counts time. */
  msPerDocument: number
}

/** A public type that is registered and allowed, or the failure. */
export function requireType(site: Site, name: string): PostType {
  const type = site.publicType(name)
  if (!type) throw new CommandFailure('unknown_type', `This site has no public post type “${name}”.`)
  requireAllowed(site, name)
  return type
}

/** Refuses a post that somebody has IGNY8 leave alone. */
export function requireSynced(site: Site, id: number): void {
  if (site.leftAlone.has(id)) throw new CommandFailure('post_left_alone', 'Somebody has IGNY8 leave this post alone.')
}

/** Refuses what the owner denies in wp-admin. */
export function requireAllowed(site: Site, name: string): void {
  if (site.denied.has(name)) throw new CommandFailure('type_denied', `“${name}” is switched off for IGNY8.`)
}

function* slice(posts: readonly ModelPost[], from: number, limit: number): Generator<ModelPost> {
  for (let at = from; at < Math.min(posts.length, from + limit); at++) {
    const post = posts[at]
    if (post) yield post
  }
}

/** `index`: a page of a type by (modified, id), or by id with `fields: ids`. */
export function runIndex({ site, documents, msPerDocument }: Reading, args: unknown, context: Context): string {
  const { type, after, limit, fields } = readArguments(IndexArguments, args)
  requireType(site, type)
  const isIds = fields === 'ids'
  const posts = site.known(isIds ? site.posts.byId(type) : site.posts.byModified(type))
  const [modified, id] = after ?? [-1, 0]
  const isAfter = (post: ModelPost) =>
    isIds ? post.id > id : post.modifiedS > modified || (post.modifiedS === modified && post.id > id)
  const from = firstAfter(posts, isAfter)
  const page = context.takeParts(
    slice(posts, from, limit),
    (post) => documents.part(post, fields),
    isIds ? 0 : msPerDocument,
  )
  const isMore = page.last !== null && from + page.parts.length < posts.length
  const next = isMore && page.last ? [isIds ? 0 : page.last.modifiedS, page.last.id] : null
  return `{"items":[${page.parts.join(',')}],"next":${JSON.stringify(next)},"total":${posts.length},"site_time":${site.timeS()}}`
}

/** `fetch`: documents by id. Ids beyond the limits are neither in `items` nor in `missing`. */
export function runFetch({ site, documents, msPerDocument }: Reading, args: unknown, context: Context): string {
  const ids = [...new Set(readArguments(FetchArguments, args).ids)]
  const shown = ids.flatMap((id) => {
    const post = site.posts.get(id)
    return post && site.publicType(post.type) && post.status !== 'auto-draft' ? [post] : []
  })
  const there = new Set(shown.map(({ id }) => id))
  const isDenied = ({ id, type }: ModelPost) => site.denied.has(type) || site.leftAlone.has(id)
  const found = shown.filter((post) => !isDenied(post))
  const denied = shown.filter(isDenied).map(({ id }) => id)
  const alone = denied.filter((id) => site.leftAlone.has(id))
  const page = context.takeParts(found, (post) => documents.part(post, 'full'), msPerDocument)
  return `{"items":[${page.parts.join(',')}],"missing":${JSON.stringify(ids.filter((id) => !there.has(id)))},"denied":${JSON.stringify(denied)},"left_alone":${JSON.stringify(alone)}}`
}
