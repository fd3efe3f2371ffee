import { sql, type SQL } from 'drizzle-orm'
import type { RunDirection } from '../contract/sync.ts'
import type { IdPrefix } from '../lib/ids.ts'
import type { Db } from './client.ts'
import { integrations, syncEvents } from './schema/index.ts'

const MAX_DETAIL = 1000

/** What writing an event needs. Time and ids are injected. */
export interface EventContext {
  db: Db
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

/** The insert of one sync event. Await it, or put it into the batch of the change that it records. */
export function recordEvent(ctx: EventContext, integration: EventIntegration, event: EventInput) {
  return ctx.db.insert(syncEvents).values({
    id: ctx.newId('evt'),
    accountId: integration.accountId,
    siteId: integration.siteId,
    integrationId: integration.id,
    ...columnsOf(ctx, event),
  })
}

/** Like {@link recordEvent}, for the integration that a condition matches; inserts nothing if none does. */
export function recordEventOf(ctx: EventContext, condition: SQL | undefined, event: EventInput) {
  const columns = columnsOf(ctx, event)
  return ctx.db.insert(syncEvents).select(
    ctx.db
      .select({
        id: sql`${ctx.newId('evt')}`.as('id'),
        accountId: integrations.accountId,
        siteId: integrations.siteId,
        integrationId: integrations.id,
        runId: sql`${columns.runId}`.as('run_id'),
        action: sql`${columns.action}`.as('action'),
        direction: sql`${columns.direction}`.as('direction'),
        success: sql`${Number(columns.success)}`.as('success'),
        code: sql`${columns.code}`.as('code'),
        detail: sql`${columns.detail}`.as('detail'),
        actor: sql`${columns.actor}`.as('actor'),
        itemIds: sql`${JSON.stringify(columns.itemIds)}`.as('item_ids'),
        counts: sql`${JSON.stringify(columns.counts)}`.as('counts'),
        startedAt: sql`${columns.startedAt.getTime()}`.as('started_at'),
        finishedAt: sql`${columns.finishedAt.getTime()}`.as('finished_at'),
      })
      .from(integrations)
      .where(condition),
  )
}
