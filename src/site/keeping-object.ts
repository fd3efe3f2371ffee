import type { Restore } from '../contract/restores.ts'
import { openSiteDatabase, type SiteDatabase } from './replica/database.ts'
import { hasContent, readDump } from './replica/dump.ts'
import * as files from './replica/export.ts'
import * as imports from './replica/imports.ts'
import { endLoading, loadPart, loadState, readDumpHead } from './replica/load.ts'
import { planRestore, startRestore, startUndo } from './replica/restores.ts'
import {
  type CallingKey,
  type DumpPlace,
  type ImportApply,
  type ImportPart,
  type ImportStart,
  type IntegrationRef,
  type KeepingRpc,
  type LoadPart,
  type LoadState,
  refusal,
  type RestoreStart,
  type RpcResult,
  type SiteCall,
  type TermKey,
} from './rpc.ts'
import { fenceRuns, importContext, restoreContext } from './runs/play-changes.ts'
import { settleRestored } from './runs/settle.ts'
import { StoredObject } from './stored-object.ts'

const integrationOf = ({ accountId, siteId, integrationId }: SiteCall): IntegrationRef | null =>
  integrationId === undefined ? null : { accountId, siteId, integrationId }

/** Exports, imports, backups and restores of a site's object. Implements {@link KeepingRpc}, which documents the methods. */
export abstract class KeepingObject extends StoredObject implements KeepingRpc {
  async exportItems(siteId: string, after: number) {
    return files.exportItems(this.store.replica, siteId, after)
  }

  async exportTerms(siteId: string, after: TermKey | null) {
    return files.exportTerms(this.store.replica, siteId, after)
  }

  startImport(key: CallingKey, start: ImportStart) {
    return this.#onImport(key, (ctx) => imports.startImport(ctx, start))
  }

  importPosition(key: CallingKey, importId: string) {
    return this.#onImport(key, (ctx) => imports.importPosition(ctx, importId))
  }

  stageImport(key: CallingKey, part: ImportPart) {
    return this.#onImport(key, (ctx) => imports.stageImport(ctx, part))
  }

  importSettings(key: CallingKey, importId: string) {
    return this.#onImport(key, (ctx) => imports.importSettings(ctx, importId))
  }

  applyImport(key: SiteCall, importId: string, apply: ImportApply) {
    return this.#onImport(key, (ctx) => {
      const integration = integrationOf(key)
      if (integration) this.store.access.setIntegration(integration)
      return imports.applyImport(ctx, importId, apply)
    })
  }

  getImport(key: CallingKey) {
    return this.#onImport(key, imports.getImport)
  }

  listRefusals(key: CallingKey, after: number, limit: number) {
    return this.#onImport(key, (ctx) => imports.listRefusals(ctx, after, limit))
  }

  dropImport(key: CallingKey) {
    return this.#onImport(key, imports.dropImport)
  }

  planRestore(key: CallingKey, input: Omit<RestoreStart, 'id'>) {
    return this.authorized(key, async () => planRestore(restoreContext(this.context(null), key.siteId), input))
  }

  startRestore(key: SiteCall, { id, ...input }: RestoreStart) {
    return this.#onRestore(key, (ctx) => startRestore(ctx, id, input))
  }

  undoRestore(key: SiteCall, id: string, undoes: string) {
    return this.#onRestore(key, (ctx) => startUndo(ctx, id, undoes))
  }

  listRestores(key: CallingKey): Promise<RpcResult<Restore[]>> {
    return this.authorized(key, async () => ({ ok: true, value: this.store.replica.restores.list() }))
  }

  rewind(key: CallingKey, to: number): Promise<RpcResult<{ bookmark: string }>> {
    return this.authorized(key, async () => {
      try {
        const bookmark = await this.ctx.storage.getBookmarkForTime(to)
        return { ok: true, value: { bookmark: await this.ctx.storage.onNextSessionRestoreBookmark(bookmark) } }
      } catch (cause) {
        // so says the local runtime, and the platform of a moment that it does not keep
        return refusal('rewind_unavailable', cause instanceof Error ? cause.message : String(cause))
      }
    })
  }

  async restart(): Promise<void> {
    this.ctx.abort('wound back')
  }

  async settleRestored(key: SiteCall, rewind: { id: string; to: number } | null): Promise<RpcResult<null>> {
    // an object that holds nothing makes no tables for this
    if (!this.isLoading && this.opened === null) return { ok: true, value: null }
    const ended = endLoading(this.#database())
    if (!ended.ok) return ended
    this.isLoading = false
    return this.authorized(key, async () => {
      await settleRestored(this.context(key.accountId), integrationOf(key), rewind)
      await this.timer.arm()
      return { ok: true, value: null }
    })
  }

  async dump(backupId: string, place: DumpPlace | null) {
    const opened = this.opened
    // nothing was ever stored
    if (!opened) return { ok: true as const, value: { text: '', next: null } }
    const bytes = this.ctx.storage.sql.databaseSize
    const parts = { database: this.#database(), dumps: opened.dumps, now: Date.now(), bytes }
    const page = readDump(parts, backupId, place)
    await this.timer.arm()
    return page ? { ok: true as const, value: page } : refusal('dump_ended', 'Read this site again from its beginning.')
  }

  async load(part: LoadPart): Promise<RpcResult<LoadState>> {
    const known = loadState(this.#database(), part.restoreId)
    if (part.part === 1 && known.parts === 0) {
      // before anything is lost
      const head = readDumpHead(part.lines[0])
      if (!head.ok) return head
      const refused = await this.#empty(part.replaces)
      if (refused) return refused
    }
    return loadPart(this.#database(), part)
  }

  async loadState(restoreId: string): Promise<LoadState> {
    return loadState(this.#database(), restoreId)
  }

  /** Makes room for a backup. From now on the object works for nobody else. */
  async #empty(replaces: boolean) {
    const isUsed = this.opened !== null && hasContent(this.#database())
    if (isUsed && !replaces) return refusal('object_not_empty', 'It has items.')
    this.isLoading = true
    // a site that was deleted is there again, if its operator says so
    this.isForgotten = false
    this.opened = null
    await this.timer.clear()
    await this.ctx.storage.deleteAll()
    return null
  }

  #database(): SiteDatabase {
    return openSiteDatabase(this.ctx.storage)
  }

  #onImport<T>(key: CallingKey, work: (ctx: imports.ImportContext) => RpcResult<T>): Promise<RpcResult<T>> {
    return this.authorized(key, async () => {
      const answer = work(importContext(this.context(null), key.siteId))
      await this.timer.arm()
      return answer
    })
  }

  #onRestore(
    key: SiteCall,
    work: (ctx: ReturnType<typeof restoreContext>) => RpcResult<Restore>,
  ): Promise<RpcResult<Restore>> {
    return this.authorized(key, async () => {
      const integration = integrationOf(key)
      if (integration) this.store.access.setIntegration(integration)
      const ctx = this.context(key.accountId)
      const answer = work(restoreContext(ctx, key.siteId))
      if (answer.ok) await fenceRuns(ctx)
      await this.timer.arm()
      return answer
    })
  }
}
