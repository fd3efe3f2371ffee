import { ApplyArguments, readArguments, type ApplyFieldValues } from '../arguments.ts'
import { bodyOf, metaKeysOf, type Documents } from '../document.ts'
import type { Site } from '../site.ts'
import { CommandFailure, type ModelPost, type PostChanges, type PostType } from '../types.ts'
import { deletePost, insertPost, trashPost, untrashPost, updatePost } from '../writing.ts'
import { requireType } from './read.ts'

const ITEM_KEY = '_igny8_item_id'
const TEXTS = ['title', 'body', 'excerpt'] as const

const invalid = (field: string, why: string) => new CommandFailure('invalid_field', `${field}: ${why}`)

function checkParent(site: Site, type: PostType, parent: number, id: number): void {
  if (parent === 0) return
  if (!site.posts.get(parent)) throw invalid('parent', `There is no post ${parent}.`)
  const seen = new Set<number>()
  for (let at = parent; at !== 0 && !seen.has(at); at = site.posts.get(at)?.parent ?? 0) {
    if (at === id) throw new CommandFailure('parent_cycle', `Post ${parent} is below post ${id}.`)
    seen.add(at)
  }
  if (!type.isHierarchical) throw invalid('parent', 'Posts of this type have no parents.')
}

function checkFields(site: Site, typeName: string, fields: ApplyFieldValues, id: number): void {
  const type = requireType(site, typeName)
  if (fields.parent !== undefined) checkParent(site, type, fields.parent, id)
  const taxonomies = site.taxonomiesOf(type)
  for (const taxonomy of Object.keys(fields.terms ?? {})) {
    if (!taxonomies.includes(taxonomy)) throw invalid(`terms.${taxonomy}`, 'There is no such taxonomy here.')
  }
  const keys = metaKeysOf(site, typeName)
  for (const key of Object.keys(fields.meta ?? {})) {
    if (!keys.includes(key)) throw invalid(`meta.${key}`, 'This key is not open to IGNY8.')
  }
  if (fields.featured && site.posts.get(fields.featured.id)?.type !== 'attachment') {
    throw invalid('featured', `There is no image ${fields.featured.id}.`)
  }
}

function findTerm(site: Site, taxonomy: string, text: string): number {
  const named = site.terms.named(taxonomy, text)
  const [only] = named
  if (only && named.length === 1) return only.id
  const found = site.terms.withSlug(taxonomy, text) ?? only ?? site.terms.add(taxonomy, text)
  return found.id
}

function toChanges(site: Site, fields: ApplyFieldValues): PostChanges {
  const { title, body, excerpt, slug, status, date, parent, terms, meta, featured } = fields
  const termIds: Record<string, number[]> = {}
  for (const [taxonomy, texts] of Object.entries(terms ?? {})) {
    termIds[taxonomy] = [...new Set(texts.map((text) => findTerm(site, taxonomy, text)))]
  }
  return {
    ...(title !== undefined && { title }),
    ...(body !== undefined && { body }),
    ...(excerpt !== undefined && { excerpt }),
    ...(slug !== undefined && { slug }),
    ...(status !== undefined && { status }),
    ...(date !== undefined && { dateS: date === null ? null : Math.floor(Date.parse(date) / 1000) }),
    ...(parent !== undefined && { parent }),
    ...(terms !== undefined && { terms: termIds }),
    ...(meta !== undefined && { meta }),
    ...(featured !== undefined && { featured: featured?.id ?? 0 }),
  }
}

/** The first text that the site did not keep as it was sent. */
function findAltered(post: ModelPost, fields: ApplyFieldValues): string | undefined {
  return TEXTS.find((name) => {
    const stored = name === 'body' ? bodyOf(post) : post[name]
    return fields[name] !== undefined && fields[name] !== stored
  })
}

/** Runs one of the five operations of `apply`. `itemIds` is the index of `_igny8_item_id`. */
export class Applier {
  readonly #site: Site
  readonly #documents: Documents
  readonly #itemIds = new Map<string, number>()

  constructor(site: Site, documents: Documents) {
    this.#site = site
    this.#documents = documents
  }

  run(args: unknown): string {
    const input = readArguments(ApplyArguments, args)
    if (input.op === 'create') return this.#create(input)
    const post = input.id === null ? undefined : this.#site.posts.get(input.id)
    if (!post) return this.#answer(input.op === 'delete' ? 'applied' : 'stale', null)
    requireType(this.#site, post.type)
    if (input.expect !== null && this.#documents.etag(post) !== input.expect) return this.#answer('stale', post)
    if (input.op === 'update') this.#update(post, input)
    else if (input.op === 'trash') trashPost(this.#site, post)
    else if (input.op === 'untrash') untrashPost(this.#site, post)
    else deletePost(this.#site, post)
    return this.#answer('applied', input.op === 'delete' ? null : post)
  }

  #create({ type, item_id: itemId, fields }: ApplyArguments): string {
    const site = this.#site
    requireType(site, type)
    if (itemId === '') throw invalid('item_id', 'A create needs one.')
    const known = site.posts.get(this.#itemIds.get(itemId) ?? 0)
    if (known?.meta[ITEM_KEY] === itemId) return this.#answer('applied', known, false)
    checkFields(site, type, fields, 0)
    if (!TEXTS.some((name) => fields[name])) {
      throw new CommandFailure('write_failed', 'Content, title, and excerpt are empty.')
    }
    const { meta, ...changes } = toChanges(site, fields)
    const post = insertPost(site, { ...changes, type, meta: { ...meta, [ITEM_KEY]: itemId } })
    const altered = findAltered(post, fields)
    if (altered) {
      deletePost(site, post)
      throw new CommandFailure('content_altered', `${altered}: the site does not keep the same bytes.`)
    }
    this.#itemIds.set(itemId, post.id)
    return this.#answer('applied', post, true)
  }

  #update(post: ModelPost, { fields }: ApplyArguments): void {
    const site = this.#site
    checkFields(site, post.type, fields, post.id)
    const { revision: _, ...before } = post
    updatePost(site, post, toChanges(site, fields))
    const altered = findAltered(post, fields)
    if (!altered) return
    site.posts.change(post, before)
    throw new CommandFailure('content_altered', `${altered}: the site does not keep the same bytes.`)
  }

  #answer(outcome: 'applied' | 'stale', post: ModelPost | null, isCreated = false): string {
    const item = post ? this.#documents.json(post, 'full') : 'null'
    return `{"outcome":"${outcome}","item":${item},"created":${isCreated}}`
  }
}
