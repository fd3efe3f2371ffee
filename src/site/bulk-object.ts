import type { BulkOutcome } from '../contract/bulk.ts'
import type { ItemMatch } from '../contract/item-list.ts'
import { logFailure } from '../lib/background.ts'
import { createId } from '../lib/ids.ts'
import type { BulkRpc, BulkStart, FindOrder, Position, StoredBulk } from './bulk-rpc.ts'
import { KeepingObject } from './keeping-object.ts'
import { planBulk, retryBulk, startBulk, undoBulk } from './replica/bulk.ts'
import { getBulk, listBulk, listBulkItems } from './replica/bulk-present.ts'
import { findItems } from './replica/find.ts'
import type { ContentContext } from './replica/item-decisions.ts'
import type { SiteStore } from './replica/store.ts'
import type { CallingKey, RpcResult, SiteCall } from './rpc.ts'
import { playBulkJobs } from './runs/play-bulk.ts'

/** Lists of a site's items, and changes of many of them. Implements {@link BulkRpc}, which documents the methods. */
export abstract class BulkObject extends KeepingObject implements BulkRpc {
  #playing: Promise<void> | null = null

  async findItems(siteId: string, match: ItemMatch, sort: FindOrder, after: Position | null, limit: number) {
    return findItems(this.content(siteId), match, sort, after, limit)
  }

  planBulk(key: CallingKey, request: Pick<BulkStart, 'selection' | 'action'>) {
    return this.authorized(key, async () => planBulk(this.content(key.siteId), request))
  }

  startBulk(key: SiteCall, start: BulkStart) {
    return this.#onBulk(key, (ctx) => startBulk(ctx, start))
  }

  undoBulk(key: SiteCall, id: string, actor: string, undone: string) {
    return this.#onBulk(key, (ctx) => undoBulk(ctx, id, actor, undone))
  }

  retryBulk(key: SiteCall, id: string, actor: string, failed: string) {
    return this.#onBulk(key, (ctx) => retryBulk(ctx, id, actor, failed))
  }

  async getBulk(siteId: string, id: string) {
    return getBulk(this.content(siteId), id)
  }

  async listBulk(siteId: string, before: string | null, limit: number) {
    return listBulk(this.content(siteId), before, limit)
  }

  async listBulkItems(
    siteId: string,
    id: string,
    page: { outcome: BulkOutcome | undefined; after: number; limit: number },
  ) {
    return listBulkItems(this.content(siteId), id, page)
  }

  /** For somebody who reads or edits items: more edits may follow, so a site that polls is asked to poll often. */
  protected content(siteId: string, by?: string | null): ContentContext {
    this.store.transport.wake(Date.now())
    return { replica: this.store.replica, siteId, now: Date.now, newId: createId, by: by ?? null }
  }

  protected override async doDueWork(store: SiteStore): Promise<void> {
    await this.#play(store)
    await super.doDueWork(store)
  }

  /** Carries the jobs out, one after the other. Whoever comes while that is under way waits for it. */
  #play(store: SiteStore): Promise<void> {
    this.#playing ??= playBulkJobs({ ...this.context(null), store }).finally(() => (this.#playing = null))
    return this.#playing
  }

  /**
   * The job is carried out at once: it talks to nobody, so it need not wait for a run that does. If the object ends
   * meanwhile, the alarm goes on with it.
   */
  #onBulk(key: SiteCall, work: (ctx: ContentContext) => RpcResult<StoredBulk>): Promise<RpcResult<StoredBulk>> {
    return this.authorized(key, async () => {
      const { accountId, siteId, integrationId } = key
      if (integrationId !== undefined) this.store.access.setIntegration({ accountId, siteId, integrationId })
      const started = work(this.content(siteId))
      await this.timer.arm()
      if (started.ok) this.ctx.waitUntil(logFailure(this.#play(this.store).then(() => this.timer.arm())))
      return started
    })
  }
}
