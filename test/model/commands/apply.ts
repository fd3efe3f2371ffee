import { ApplyArguments, readArguments, type ApplyFieldValues } from '../arguments.ts'
import {
  ALT_KEY,
  bodyOf,
  isUnfinished,
  ITEM_KEY,
  itemIdOf,
  LINK_KEY,
  linkOf,
  metaKeysOf,
  UNFINISHED_KEY,
  type Documents,
} from '../document.ts'
import { checkSeo, findForeignCategory } from '../seo.ts'
import type { Site } from '../site.ts'
import { MADE_KEY, makeBody } from '../made-body.ts'
import { settlePublishing } from '../publishing.ts'
import { CommandFailure, type ModelPost, type PostChanges } from '../types.ts'
import { deletePost, insertPost, trashPost, untrashPost, updatePost } from '../writing.ts'
import { requireAllowed, requireSynced, requireType } from './read.ts'

const WEEK_S = 7 * 86_400
const TEXTS = ['title', 'body', 'excerpt'] as const
/** WordPress' own mark of a post that somebody has open, and how long it holds. */
const LOCK_KEY = '_edit_lock'
const LOCK_S = 150

const invalid = (field: string, why: string) => new CommandFailure('invalid_field', `${field}: ${why}`)

function checkParent(site: Site, parent: number, id: number): void {
  if (parent === 0) return
  if (!site.posts.get(parent)) throw invalid('parent', `There is no post ${parent}.`)
  const seen = new Set<number>()
  for (let at = parent; at !== 0 && !seen.has(at); at = site.posts.get(at)?.parent ?? 0) {
    if (at === id) throw new CommandFailure('parent_cycle', `Post ${parent} is below post ${id}.`)
    seen.add(at)
  }
}

/** The user with this id, or with this name. */
function findAuthor(site: Site, author: number | string): number {
  if (typeof author === 'number') {
    if (author !== 0 && !site.users.has(author)) throw invalid('author', 'There is no such user.')
    return author
  }
  const found = [...site.users].find(([, name]) => name === author)
  if (!found) throw new CommandFailure('author_not_found', `author: There is no user “${author}”.`)
  return found[0]
}

function checkFields(site: Site, typeName: string, fields: ApplyFieldValues, id: number): void {
  const type = requireType(site, typeName)
  if (fields.parent !== undefined) checkParent(site, fields.parent, id)
  const taxonomies = site.taxonomiesOf(type)
  for (const taxonomy of Object.keys(fields.terms ?? {})) {
    if (!taxonomies.includes(taxonomy)) throw invalid(`terms.${taxonomy}`, 'There is no such taxonomy here.')
    requireAllowed(site, taxonomy)
  }
  const keys = metaKeysOf(site, typeName)
  for (const key of Object.keys(fields.meta ?? {})) {
    if (!keys.includes(key)) throw invalid(`meta.${key}`, 'This key is not open to IGNY8.')
  }
  if (fields.author !== undefined) findAuthor(site, fields.author)
  checkSeo(site, fields.seo, site.posts.get(id))
  if (fields.featured && site.posts.get(fields.featured.id)?.type !== 'attachment') {
    throw invalid('featured', `There is no image ${fields.featured.id}.`)
  }
}

function requireTrash(site: Site, type: string): void {
  if (!site.keepsTrash(type)) throw new CommandFailure('trash_off', 'The trash of this site is switched off.')
}

function findTerm(site: Site, taxonomy: string, text: string): number {
  const named = site.terms.named(taxonomy, text)
  const found = (named.length === 1 ? named[0] : undefined) ?? site.terms.withSlug(taxonomy, text)
  if (!found && named.length > 1) throw invalid(`terms.${taxonomy}`, `“${text}” is no name of one term; give the slug.`)
  return (found ?? site.terms.add(taxonomy, text)).id
}

/** As WordPress stores it: anything but a list or an object becomes text. */
function toStored(meta: Record<string, unknown>): Record<string, unknown> {
  const toText = (value: unknown) => (typeof value === 'boolean' ? (value ? '1' : '') : String(value))
  return Object.fromEntries(
    Object.entries(meta).map(([key, value]) => [key, typeof value === 'object' ? value : toText(value)]),
  )
}

function toChanges(site: Site, fields: ApplyFieldValues): PostChanges {
  const { title, body, excerpt, slug, status, date, parent, author, terms, meta, featured } = fields
  const termIds: Record<string, number[]> = {}
  for (const [taxonomy, texts] of Object.entries(terms ?? {})) {
    termIds[taxonomy] = [...new Set(texts.map((text) => findTerm(site, taxonomy, text)))]
  }
  return {
    ...(title !== undefined && { title }),
    ...(body !== undefined && { body }),
    ...(excerpt !== undefined && { excerpt }),
    ...(slug !== undefined && { slug }),
    ...(status !== undefined && status !== 'trash' && { status }),
    ...(date !== undefined && { dateS: date === null ? null : Math.floor(Date.parse(date) / 1000) }),
    ...(parent !== undefined && { parent }),
    ...(author !== undefined && { author: findAuthor(site, author) }),
    ...(terms !== undefined && { terms: termIds }),
    ...(meta !== undefined && { meta: toStored(meta) }),
    ...(featured !== undefined && { featured: featured?.id ?? 0 }),
    ...(fields.seo !== undefined && { seo: fields.seo }),
  }
}

/** Refuses a post that somebody has open in WordPress' editor. */
function requireClosed(site: Site, { meta }: ModelPost): void {
  const lock = meta[LOCK_KEY]
  const [time, user] = typeof lock === 'string' ? lock.split(':') : []
  if (Number(time ?? 0) <= site.timeS() - LOCK_S) return
  throw new CommandFailure('post_locked', `${site.users.get(Number(user)) ?? 'Somebody'} has this post open.`, true)
}

/** Whether somebody changed a post that an interrupted create of these fields left. */
const wasEdited = (post: ModelPost, fields: ApplyFieldValues): boolean =>
  post.status === 'trash' ||
  TEXTS.some((name) => {
    const stored = name === 'body' ? bodyOf(post) : post[name]
    return stored !== '' && stored !== (fields[name] ?? '')
  })

/** The first text that the site did not keep as it was sent. */
function findAltered(post: ModelPost, fields: ApplyFieldValues): (typeof TEXTS)[number] | undefined {
  return TEXTS.find((name) => {
    const stored = name === 'body' ? bodyOf(post) : post[name]
    return fields[name] !== undefined && fields[name] !== stored
  })
}

interface Outcome {
  outcome: 'applied' | 'stale'
  post: ModelPost | null
  isCreated: boolean
  /** Stale, but an earlier attempt was executed. */
  isOvertaken?: boolean
  /** False: an interrupted create left the post, and somebody edited it since. */
  isFinished?: boolean
}

/** What is stored of an executed command: its effect, without the document. */
interface Entry {
  id: number
  isCreated: boolean
  etag: string | null
  atS: number
}

/** Runs `apply`, once per command id. */
export class Applier {
  readonly #site: Site
  readonly #documents: Documents
  readonly #itemIds = new Map<string, number>()
  readonly #ledger = new Map<string, Entry>()

  constructor(site: Site, documents: Documents) {
    this.#site = site
    this.#documents = documents
  }

  /** @param isInterrupted PHP dies once the row of the post is written: terms and meta are not */
  run(commandId: string, args: unknown, isInterrupted = false): string {
    const input = readArguments(ApplyArguments, args)
    requireType(this.#site, input.type)
    const nowS = this.#site.timeS()
    const earlier = this.#ledger.get(commandId)
    if (earlier && nowS - earlier.atS < WEEK_S) return this.#answer(this.#again(earlier))
    const { fields, note } = this.#make(input)
    const made = { ...input, fields }
    const result = input.op === 'create' ? this.#create(made, isInterrupted) : this.#change(made, isInterrupted)
    const { outcome, post, isCreated } = result
    if (note !== null && post && outcome === 'applied')
      this.#site.posts.change(post, { meta: { ...post.meta, [MADE_KEY]: note } })
    if (outcome === 'applied' && !isInterrupted) {
      this.#site.untouch(post?.id ?? input.id)
      const etag = post && this.#documents.etag(post)
      this.#ledger.set(commandId, { id: post?.id ?? 0, isCreated, etag, atS: nowS })
    }
    return this.#answer(result)
  }

  #make({ op, id, fields }: ApplyArguments): ReturnType<typeof makeBody> {
    if (!this.#site.makesBlocks) return { fields, note: null }
    const post = op === 'create' ? undefined : this.#site.posts.get(id)
    return makeBody(fields, post ? bodyOf(post) : '')
  }

  /** A post that was edited since must not be taken for the command's result. */
  #again({ id, isCreated, etag }: Entry): Outcome {
    requireSynced(this.#site, id)
    const post = this.#site.posts.get(id) ?? null
    const isSame = (post && this.#documents.etag(post)) === etag
    return isSame
      ? { outcome: 'applied', post, isCreated }
      : { outcome: 'stale', post, isCreated: false, isOvertaken: true }
  }

  #create({ type, item_id: itemId, fields }: ApplyArguments, isInterrupted: boolean): Outcome {
    const site = this.#site
    if (itemId === '') throw invalid('item_id', 'A create needs one.')
    if (type === 'attachment') throw invalid('type', 'Attachments are made with the command “media”.')
    checkFields(site, type, fields, 0)
    if (fields.status === 'trash') requireTrash(site, type)
    const known = site.posts.get(this.#itemIds.get(itemId) ?? 0)
    if (known && itemIdOf(site, known) === itemId) return this.#repeatCreate(known, fields)
    const { terms, meta, featured, ...row } = settlePublishing(site, toChanges(site, fields), null)
    const post = insertPost(site, { ...row, type, modifiedS: site.timeS() }, 1)
    const link = linkOf(site, post.id, itemId)
    site.posts.change(post, { meta: { [ITEM_KEY]: itemId, [LINK_KEY]: link, [UNFINISHED_KEY]: link } })
    this.#itemIds.set(itemId, post.id)
    const rest = { ...(terms && { terms }), ...(meta && { meta }), ...(featured !== undefined && { featured }) }
    if (isInterrupted) return { outcome: 'applied', post, isCreated: true }
    if (Object.keys(rest).length > 0) updatePost(site, post, rest, true)
    this.#requireKept(post, fields, () => deletePost(site, post))
    this.#finish(post, fields)
    return { outcome: 'applied', post, isCreated: true }
  }

  /** The post exists. If its create was interrupted, the rest is written, unless somebody edited it since. */
  #repeatCreate(post: ModelPost, fields: ApplyFieldValues): Outcome {
    const site = this.#site
    requireSynced(site, post.id)
    if (!isUnfinished(site, post)) return { outcome: 'applied', post, isCreated: false }
    requireClosed(site, post)
    if (wasEdited(post, fields)) {
      this.#markFinished(post)
      return { outcome: 'applied', post, isCreated: false, isFinished: false }
    }
    this.#write(post, fields, settlePublishing(site, toChanges(site, fields), post))
    this.#finish(post, fields)
    return { outcome: 'applied', post, isCreated: true }
  }

  #finish(post: ModelPost, fields: ApplyFieldValues): void {
    this.#markFinished(post)
    this.#writeAlt(fields)
    if (fields.status === 'trash') trashPost(this.#site, post)
  }

  #markFinished(post: ModelPost): void {
    const { [UNFINISHED_KEY]: _, ...meta } = post.meta
    this.#site.posts.change(post, { meta })
  }

  #change({ op, id, type, expect, fields }: ApplyArguments, isInterrupted: boolean): Outcome {
    const site = this.#site
    if (id === 0) throw invalid('id', 'A whole number from 1 on is needed.')
    if (op !== 'delete') checkFields(site, type, fields, id)
    if (op === 'trash' || (fields.status === 'trash' && op !== 'untrash')) requireTrash(site, type)
    requireSynced(site, id)
    const post = site.posts.get(id)
    if (!post) return { outcome: op === 'delete' ? 'applied' : 'stale', post: null, isCreated: false }
    if (post.type !== type || this.#documents.etag(post) !== expect) return { outcome: 'stale', post, isCreated: false }
    requireClosed(site, post)
    if (op === 'delete') {
      if (post.status !== 'trash') throw new CommandFailure('not_in_trash', 'The post is not in the trash.')
      deletePost(site, post)
      return { outcome: 'applied', post: null, isCreated: false }
    }
    const changes = settlePublishing(site, toChanges(site, fields), post)
    if (op === 'untrash') untrashPost(site, post)
    const { terms: _terms, meta: _meta, featured: _featured, ...row } = changes
    this.#write(post, fields, isInterrupted ? row : changes)
    if (isInterrupted) return { outcome: 'applied', post, isCreated: false }
    this.#markFinished(post)
    if (op === 'trash' || fields.status === 'trash') trashPost(site, post)
    return { outcome: 'applied', post, isCreated: false }
  }

  #write(post: ModelPost, fields: ApplyFieldValues, changes: PostChanges): void {
    if (Object.keys(changes).length === 0) return
    const { revision: _, ...before } = post
    updatePost(this.#site, post, changes, true)
    this.#requireKept(post, fields, () => this.#site.posts.change(post, { seo: {}, ...before }))
    this.#writeAlt(fields)
  }

  /** The text belongs to the image, and with it to every post that features it. */
  #writeAlt({ featured }: ApplyFieldValues): void {
    const image = featured && this.#site.posts.get(featured.id)
    if (!image || featured.alt === undefined || image.meta[ALT_KEY] === featured.alt) return
    updatePost(this.#site, image, { meta: { [ALT_KEY]: featured.alt } })
  }

  #requireKept(post: ModelPost, fields: ApplyFieldValues, undo: () => void): void {
    const altered = findAltered(post, fields)
    const foreign = findForeignCategory(this.#site, post, fields.seo)
    if (!altered && !foreign) return
    const stored = altered === 'body' ? bodyOf(post) : altered && post[altered]
    undo()
    this.#site.untouch(post.id)
    if (!altered) throw foreign
    const alteration = {
      field: altered,
      before: fields[altered] ?? '',
      after: stored,
      by: 'model',
      filter: 'model_filter',
    }
    throw new CommandFailure('content_altered', `${altered}: the site does not keep the same bytes.`, false, {
      alteration,
    })
  }

  #answer({ outcome, post, isCreated, isOvertaken = false, isFinished = true }: Outcome): string {
    const item = post ? this.#documents.json(post, 'full') : 'null'
    const wasApplied = outcome === 'applied' || isOvertaken
    return `{"outcome":"${outcome}","item":${item},"created":${isCreated},"was_applied":${wasApplied},"is_finished":${isFinished},"is_linked":true}`
  }
}
