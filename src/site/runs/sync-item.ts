import { writeProjection } from '../../db/projection.ts'
import type { Item } from '../../contract/content.ts'
import { startCursor } from '../stages/cursor.ts'
import { pushItem } from '../stages/push.ts'
import { importFetched, fetchPosts } from '../stages/fetch-posts.ts'
import { describeFailure } from '../transport/failure.ts'
import { presentItem } from '../items/present.ts'
import type { ItemRecord } from '../items/record.ts'
import type { RpcCall, RpcResult } from '../rpc.ts'
import { countsOf, openEngine, type ObjectContext } from './runner.ts'

const POST_ID = /^[1-9]\d{0,15}$/

/** The item of an id of ours or of a post id of the site. */
function find({ replica }: ObjectContext['store'], contentId: string): ItemRecord | null {
  return POST_ID.test(contentId) ? replica.items.getByExternalId(Number(contentId)) : replica.items.get(contentId)
}

/** The site can't be called: has it looked at, and sent, when the site calls next. */
function queueItem(
  ctx: ObjectContext,
  call: RpcCall,
  before: ItemRecord | null,
  postId: number | null,
): RpcResult<Item> {
  const { store, now } = ctx
  if (postId !== null) store.replica.inbox.remind(postId, now(), now())
  store.runs.repeat(store.runs.enqueue(ctx.newId('run'), call, 'to_external', now()).id)
  if (before) return { ok: true, value: presentItem(store.replica, call.siteId, before) }
  return { ok: false, code: 'waiting_for_site', detail: 'The site will be asked for this post when it calls next.' }
}

/** Brings one item up to date on both sides: looks at its post, and sends what waits, after the parents that the site lacks. A post that is new here is imported. */
export async function syncItem(ctx: ObjectContext, call: RpcCall, contentId: string): Promise<RpcResult<Item>> {
  const startedAt = ctx.now()
  const before = find(ctx.store, contentId)
  const postId = before ? before.externalId : POST_ID.test(contentId) ? Number(contentId) : null
  if (!before && postId === null) return { ok: false, code: 'item_not_found', detail: 'Item not found' }
  if (ctx.store.transport.read().transport === 'polling') return queueItem(ctx, call, before, postId)
  const opened = await openEngine(ctx, call, call.requestId)
  if (!opened) return { ok: false, code: 'sync_disabled', detail: 'The integration is switched off.' }
  const cursor = startCursor('both', opened.integration.syncEpoch)
  const event = { action: 'sync_item', startedAt, direction: 'both' as const, itemIds: before ? [before.id] : [] }
  try {
    const engine = opened.connect()
    if (postId !== null) {
      const fetched = await fetchPosts(engine, [postId])
      engine.replica.database.transaction(() => importFetched(engine, fetched, opened.runConfig, cursor.counts))
    }
    const current = find(ctx.store, contentId)
    if (!current) return { ok: false, code: 'item_not_found', detail: 'The site has no such post.' }
    const sent = await pushItem(engine, opened.runConfig, cursor, current)
    const after = ctx.store.replica.items.get(current.id) ?? current
    const outcome = { ...event, itemIds: sent, counts: cursor.counts }
    const failure = after.error && { code: after.error.code, detail: after.error.detail }
    await writeProjection(ctx, call, {
      epoch: null,
      counts: countsOf(ctx.store),
      event: { ...outcome, ...(failure && { failure }) },
    })
    return { ok: true, value: presentItem(ctx.store.replica, call.siteId, after) }
  } catch (cause) {
    const { code, detail, fix } = describeFailure(cause)
    await writeProjection(ctx, call, { epoch: null, event: { ...event, failure: { code, detail } } })
    return { ok: false, code, detail, fix }
  }
}
