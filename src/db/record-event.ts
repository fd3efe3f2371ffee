import type { RunDirection } from '../contract/sync.ts'
import type { IdPrefix } from '../lib/ids.ts'
import type { Db } from './client.ts'
import { insertEvent, keepEvent } from './events/outbox.ts'
import type { EventShards } from './events/shards.ts'

const MAX_DETAIL = 1000

/** What writing an event needs. Time and ids are injected. */
export interface EventContext {
  db: Db
  events: EventShards
  now: () => number
  newId: (prefix: IdPrefix) => string
  /** Who causes it. */
  actor?: { kind: string; userId?: string; keyId?: string }
  /** Called after the integration's row or its events changed. */
  onProjected?: () => void
  /** Size of the site's own database. Absent outside of its object. */
  storedBytes?: () => number
}

/** The integration that an event belongs to. */
export interface EventIntegration {
  id: string
  accountId: string
  siteId: string
}

export interface EventInput {
  action: string
  /** Milliseconds since 1970. */
  startedAt: number
  /** Who caused it, where that isn't the context's actor: `user:usr_…`. */
  actor?: string | null
  runId?: string | null
  direction?: RunDirection | null
  /** Absent if the action succeeded. */
  failure?: { code: string; detail: string }
  itemIds?: string[]
  counts?: Record<string, number>
  /** A remark about a success. */
  note?: string
}

/** An actor as events and audit records name it. */
function nameActor({ actor }: EventContext): string | null {
  if (actor === undefined) return null
  const id = actor.userId ?? actor.keyId
  return id === undefined ? actor.kind : `${actor.kind}:${id}`
}

/** The columns of an event, except those that name its integration. */
function columnsOf(ctx: EventContext, event: EventInput) {
  return {
    runId: event.runId ?? null,
    action: event.action,
    actor: event.actor ?? nameActor(ctx),
    direction: event.direction ?? null,
    success: event.failure === undefined,
    code: event.failure?.code ?? null,
    detail: (event.failure?.detail ?? event.note)?.slice(0, MAX_DETAIL) ?? null,
    itemIds: event.itemIds ?? [],
    counts: event.counts ?? {},
    startedAt: new Date(event.startedAt),
    finishedAt: new Date(ctx.now()),
  }
}

/**
 * Records a sync event, after the change that it tells of is stored. It never fails: what the account's event database
 * doesn't take now waits in the control database, and what that doesn't take either is in the log.
 */
export async function recordEvent(ctx: EventContext, integration: EventIntegration, event: EventInput): Promise<void> {
  const row = {
    id: ctx.newId('evt'),
    accountId: integration.accountId,
    siteId: integration.siteId,
    integrationId: integration.id,
    ...columnsOf(ctx, event),
  }
  try {
    const { write } = await ctx.events.of(row.accountId)
    await insertEvent(write, row)
  } catch (cause) {
    await keepEvent(ctx, row, cause)
  }
}
