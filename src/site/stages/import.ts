/**
 * How a page of the site's documents becomes items. Every way of reading posts ends here: the read stage, a fetch after
 * a webhook, the answer to a push, a repair. What happens to one item is decided by the pure functions of items/; this
 * module finds the item of each document, stores the decision and counts it.
 *
 * Most documents of a page are unchanged or new. An unchanged one has the etag of the last import, and is skipped
 * without reading the item. New items are inserted together. All others are decided one by one, in the page's order.
 *
 * A document that can't be used fails alone: its item is marked as failed, created if necessary, and a reminder in the
 * inbox fetches the post again later.
 *
 * A post is an item's if it has the item's post id, or, if the answer to a create was lost, the item's own id. The site
 * names that id only for the post that the create made, never for a copy of it. An older plugin names it for copies
 * too; so only an item that was sent and has no post yet takes a post by it.
 */
import { PoisonedDocument, PostDocument, type RawDocument } from '../../contract/content-link.ts'
import { MAX_ITEM_BYTES } from '../../contract/content.ts'
import { findTextFault } from '../../contract/text.ts'
import type { ConflictPolicy } from '../../contract/integrations.ts'
import type { RunCounts } from '../../contract/sync.ts'
import { createRecord } from '../items/edit.ts'
import { importDeletion, importPost, type Rules } from '../items/import.ts'
import { siteVersion, type Change } from '../items/origin.ts'
import { awaitsCreateAnswer, stateOf, type Decision, type ItemFault, type ItemRecord } from '../items/record.ts'
import type { ItemHead } from '../replica/tables/items.ts'
import { failRecord, importFault } from '../items/failure.ts'
import { verifyAt } from '../items/schedule.ts'
import { newStaleSave } from '../items/stale-save.ts'
import type { EngineContext } from './context.ts'

type ImportContext = Pick<EngineContext, 'replica' | 'now' | 'newId' | 'random' | 'runId' | 'savedBy'>

const rulesOf = (ctx: ImportContext, policy: ConflictPolicy): Rules => ({
  policy,
  now: ctx.now(),
  newId: () => ctx.newId('item'),
  rewound: ctx.replica.restores.lastRewind(),
})

/** A change that comes from the site. @param post the one that changed, where somebody there may have saved it */
export const readChange = ({ runId, savedBy }: ImportContext, post: PostDocument | null = null): Change => ({
  action: 'read',
  by: null,
  source: runId,
  savedBy: post && (post.stale_save?.by ?? savedBy?.get(post.id) ?? null),
})

/** Parses a document. A bad one is returned as the fault of its item. */
export function readDocument(raw: RawDocument): { post: PostDocument } | { fault: ItemFault } {
  const poisoned = 'error' in raw ? PoisonedDocument.safeParse(raw) : null
  if (poisoned?.success) return { fault: importFault(poisoned.data.error.code, poisoned.data.error.detail) }
  const parsed = PostDocument.safeParse(raw)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return { fault: importFault('invalid_document', `${issue?.path.join('.')}: ${issue?.message}`) }
  }
  const broken = findTextFault(parsed.data)
  if (broken) return { fault: importFault('invalid_text', `${broken.path.join('.')} ${broken.message}`) }
  const { body, title, excerpt } = parsed.data
  const length = (body?.length ?? 0) + title.length + excerpt.length
  if (length > MAX_ITEM_BYTES) return { fault: importFault('item_too_large', `It has ${length} characters.`) }
  return { post: parsed.data }
}

/** Schedules a fetch of a scheduled post for when it is to be live, so that a missed time is seen without a scan. */
function remindToVerify({ replica, now }: ImportContext, record: ItemRecord): void {
  const at = verifyAt(record, now())
  if (at !== null && record.externalId !== null) replica.inbox.verify(record.externalId, at, now())
}

/** Stores a decision, with the snapshot that an undo needs, and counts it. */
export function storeDecision(
  ctx: ImportContext,
  before: ItemRecord | null,
  decision: Decision,
  counts: RunCounts,
  change = readChange(ctx),
): void {
  const { record, resolvedFrom } = decision
  const n = ctx.replica.items.save(record, change, siteVersion(before, record))
  if (resolvedFrom) ctx.replica.resolutions.add(n, resolvedFrom, ctx.now())
  remindToVerify(ctx, record)
  const state = stateOf(record)
  if (state === 'conflict') counts.conflicts++
  else if (state === 'deleted') counts.deleted++
  else if (before === null) counts.created++
  else counts.updated++
}

/**
 * Whether a document without its body, as metadata runs read it, is not enough: if there is a save from an old editor to
 * compare, or if the item has changes to send. The site may have written these already, and its answer was lost. No
 * webhook tells of our own write, so nothing else would fetch the body.
 */
function needsBody(before: ItemRecord, post: PostDocument): boolean {
  if (newStaleSave(before, post)?.base === null) return true
  return post.body === null && before.externalId !== null && before.local !== before.external
}

/** The item of a post: by its post id, or by our own id if the answer to its create was lost. */
function findItem({ replica }: ImportContext, raw: RawDocument): ItemRecord | null {
  const known = replica.items.getByExternalId(raw.id)
  if (known || typeof raw['item_id'] !== 'string') return known
  const ours = replica.items.get(raw['item_id'])
  return ours && awaitsCreateAnswer(ours) ? ours : null
}

/**
 * Takes a post id from the item that has it, because WordPress gave it to another post: after a restored backup, ids may
 * start over. The first post is gone then. Without a base, the item takes no other post.
 */
export function releasePost(ctx: ImportContext, postId: number, policy: ConflictPolicy, counts: RunCounts): void {
  const holder = ctx.replica.items.getByExternalId(postId)
  if (!holder) return
  const free = (record: ItemRecord) => ({ ...record, externalId: null, etag: null, external: null, base: null })
  const decision = importDeletion(holder, rulesOf(ctx, policy))
  if (decision) storeDecision(ctx, holder, { ...decision, record: free(decision.record) }, counts)
  else ctx.replica.items.save(free(holder))
}

/** Marks the item of a bad document as failed, creating it if necessary so that the failure is visible. */
function storeFault(ctx: ImportContext, raw: RawDocument, fault: ItemFault, counts: RunCounts): void {
  const placeholder = {
    ...createRecord(ctx.newId('item'), raw.type, {}, ctx.now()),
    externalId: raw.id,
    externalModified: raw.modified,
  }
  const failed = failRecord(findItem(ctx, raw) ?? placeholder, fault, ctx)
  ctx.replica.items.save(failed)
  // the post is fetched again later, as after a webhook
  ctx.replica.inbox.remind(raw.id, failed.retryAt ?? ctx.now(), ctx.now())
  counts.failed++
}

const isUnchanged = (head: ItemHead | undefined, raw: RawDocument): boolean =>
  head !== undefined &&
  head.etag !== null &&
  head.etag === raw['etag'] &&
  head.type === raw.type &&
  head.state !== 'deleted' &&
  head.state !== 'failed' &&
  !head.isLeftAlone &&
  // its news is not part of the etag
  !raw['stale_save']

/**
 * Imports a page of documents. Call it inside a transaction.
 * @returns how many of them were new or changed
 */
export function importDocuments(
  ctx: ImportContext,
  raws: readonly RawDocument[],
  policy: ConflictPolicy,
  counts: RunCounts,
): number {
  const { items } = ctx.replica
  const heads = items.heads(raws.map(({ id }) => id))
  const rules = rulesOf(ctx, policy)
  // new items are inserted together, before any other item is read or written
  const added = new Map<number, ItemRecord>()
  const addNew = () => {
    items.add([...added.values()], readChange(ctx))
    for (const record of added.values()) remindToVerify(ctx, record)
    added.clear()
  }
  let changed = 0
  for (const raw of raws) {
    if (isUnchanged(heads.get(raw.id), raw)) {
      counts.unchanged++
      continue
    }
    const read = readDocument(raw)
    changed++
    const isKnown = heads.has(raw.id) || added.has(raw.id) || Boolean(raw['item_id'])
    const decided = 'fault' in read || isKnown ? null : importPost(null, read.post, rules)
    if (decided) {
      added.set(raw.id, decided.record)
      counts.created++
      continue
    }
    addNew()
    if ('fault' in read) {
      storeFault(ctx, raw, read.fault, counts)
      continue
    }
    const before = findItem(ctx, raw)
    if (read.post.unfinished && before?.externalId === null && before.deletion !== 'both') {
      // our own create was interrupted: what the post lacks is not an edit, and the next push writes it
      counts.unchanged++
      continue
    }
    if (before && needsBody(before, read.post)) {
      // the whole post is fetched, as after a webhook
      ctx.replica.inbox.remind(raw.id, ctx.now(), ctx.now())
      counts.unchanged++
      continue
    }
    const decision = importPost(before, read.post, rules)
    if (decision) storeDecision(ctx, before, decision, counts, readChange(ctx, read.post))
    else counts.unchanged++
  }
  addNew()
  return changed
}

/** Imports documents without bodies, only of known items. @returns how many were changed */
export function importMetadata(
  ctx: ImportContext,
  raws: readonly RawDocument[],
  policy: ConflictPolicy,
  counts: RunCounts,
): number {
  const heads = ctx.replica.items.heads(raws.map(({ id }) => id))
  return importDocuments(
    ctx,
    raws.filter(({ id }) => heads.has(id)),
    policy,
    counts,
  )
}

/** Imports the deletion of posts. Call it inside a transaction. */
export function importDeletions(
  ctx: ImportContext,
  postIds: readonly number[],
  policy: ConflictPolicy,
  counts: RunCounts,
): void {
  for (const postId of postIds) {
    const before = ctx.replica.items.getByExternalId(postId)
    const decision = before && importDeletion(before, rulesOf(ctx, policy))
    if (decision) storeDecision(ctx, before, decision, counts)
  }
}
