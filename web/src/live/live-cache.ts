import type { QueryClient, QueryKey } from '@tanstack/react-query'
import type { ContentTypes, Integration, LiveMessage, Run, SyncState } from '../api/types.ts'
import { keys } from '../queries/keys.ts'
import { Invalidator } from './invalidator.ts'
import { isActive, laterRun, mergeRun } from './merge-run.ts'

/** Counts and times that change whenever items do. */
const contentOf = (types: ContentTypes): string => JSON.stringify([types.as_of, types.post_types])

const NOTHING_KNOWN: SyncState = {
  sync_status: 'pending',
  last_sync_at: null,
  current_run: null,
  last_run: null,
  lag_s: null,
  waiting_for_site_since: null,
}

/** Writes live messages of one integration into the cache, and invalidates what they only hint at. */
export class LiveCache {
  readonly #client: QueryClient
  readonly #siteId: string
  readonly #id: string
  readonly #invalidator: Invalidator
  #wasReady = false

  constructor(client: QueryClient, { siteId, integrationId }: { siteId: string; integrationId: string }) {
    this.#client = client
    this.#siteId = siteId
    this.#id = integrationId
    this.#invalidator = new Invalidator(client)
  }

  stop(): void {
    this.#invalidator.stop()
  }

  apply(message: LiveMessage): void {
    switch (message.type) {
      case 'ready':
        this.#catchUp()
        break
      case 'content_types':
        this.#write(keys.contentTypes(this.#id), message.content_types)
        break
      case 'integration':
        this.setIntegration(message.integration)
        break
      case 'run':
        this.setRun(message.run)
        break
      case 'items':
        this.#invalidator.mark(keys.items(this.#siteId), ...message.ids.map((id) => keys.item(this.#siteId, id)))
        break
      case 'event':
        this.#invalidator.mark(keys.events(this.#id), keys.activity(this.#id))
        break
      case 'bye':
        break
      // a newer server may send other messages
      default:
    }
  }

  setIntegration(integration: Integration): void {
    this.#write(keys.integration(this.#siteId), integration)
    this.#invalidator.mark(keys.integrations)
  }

  /** Content types from polling instead of a live message. */
  setContentTypes(types: ContentTypes): void {
    const before = this.#client.getQueryData<ContentTypes>(keys.contentTypes(this.#id))
    this.#write(keys.contentTypes(this.#id), types)
    if (before && contentOf(before) === contentOf(types)) return
    this.#invalidator.mark(keys.items(this.#siteId), keys.events(this.#id))
  }

  /** Sync state from polling instead of a live message. */
  setSyncState(state: SyncState): void {
    const before = this.#client.getQueryData<SyncState>(keys.syncStatus(this.#id))
    this.#client.setQueryData(keys.syncStatus(this.#id), state)
    const stages = (of: SyncState | undefined) =>
      [of?.current_run, of?.last_run].map((run) => run && run.id + run.status)
    if (String(stages(before)) !== String(stages(state))) this.#markRuns()
  }

  setRun(run: Run): void {
    const key = keys.syncStatus(this.#id)
    const before = this.#client.getQueryData<SyncState>(key)
    const known = [before?.current_run, before?.last_run].find((one) => one?.id === run.id)
    // the message only updates the run, so the rest keeps its age
    const updatedAt = this.#client.getQueryState(key)?.dataUpdatedAt ?? 0
    this.#client.setQueryData(key, mergeRun(before ?? NOTHING_KNOWN, run), { updatedAt })
    this.#client.setQueriesData<Run>({ queryKey: keys.run(this.#id, run.id), exact: true }, (detail) =>
      detail ? { ...detail, ...laterRun(detail, run) } : undefined,
    )
    if (known?.status === run.status) return
    // only the API knows what else is queued
    this.#markRuns(...(!before || !isActive(run) ? [key] : []))
  }

  #markRuns(...more: QueryKey[]): void {
    this.#invalidator.mark(...more, keys.runs(this.#id), keys.events(this.#id), keys.activity(this.#id))
  }

  /** Reads again what may have changed while disconnected. On the first connection, requests under way are new enough. */
  #catchUp(): void {
    const missed: QueryKey[] = [
      keys.syncStatus(this.#id),
      keys.runs(this.#id),
      keys.events(this.#id),
      keys.activity(this.#id),
      keys.items(this.#siteId),
      ['item', this.#siteId],
    ]
    const options = { cancelRefetch: this.#wasReady }
    for (const queryKey of missed) void this.#client.invalidateQueries({ queryKey }, options)
    this.#wasReady = true
  }

  /** Cancels requests under way first, since their answers are older than `value`. */
  #write(queryKey: QueryKey, value: unknown): void {
    void this.#client.cancelQueries({ queryKey, exact: true })
    this.#client.setQueryData(queryKey, value)
  }
}
