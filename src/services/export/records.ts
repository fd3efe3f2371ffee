import { asc } from 'drizzle-orm'
import {
  auditLog,
  notificationDeliveries,
  notificationEndpoints,
  notificationMessages,
  syncEvents,
} from '../../db/schema/index.ts'
import { by, LARGE, range, type Section, SMALL } from './section.ts'

const SYNC_EVENTS: Section = {
  kind: 'sync_event',
  page: SMALL,
  key: by('id'),
  read: (ctx, after) =>
    ctx.db
      .select({
        id: syncEvents.id,
        site_id: syncEvents.siteId,
        integration_id: syncEvents.integrationId,
        run_id: syncEvents.runId,
        action: syncEvents.action,
        direction: syncEvents.direction,
        success: syncEvents.success,
        code: syncEvents.code,
        detail: syncEvents.detail,
        actor: syncEvents.actor,
        item_ids: syncEvents.itemIds,
        counts: syncEvents.counts,
        started_at: syncEvents.startedAt,
        finished_at: syncEvents.finishedAt,
      })
      .from(syncEvents)
      .where(range(ctx, syncEvents.accountId, syncEvents.id, after))
      .orderBy(asc(syncEvents.id))
      .limit(SMALL),
}

/** Without secrets. */
const ENDPOINTS: Section = {
  kind: 'endpoint',
  page: SMALL,
  key: by('id'),
  read: (ctx, after) => {
    const { accountId, id, name, url, isActive, failingSince, lastDeliveredAt, createdAt } = notificationEndpoints
    const columns = { id, name, url, is_active: isActive, failing_since: failingSince }
    return ctx.db
      .select({ ...columns, last_delivered_at: lastDeliveredAt, created_at: createdAt })
      .from(notificationEndpoints)
      .where(range(ctx, accountId, id, after))
      .orderBy(asc(id))
      .limit(SMALL)
  },
}

const NOTIFICATIONS: Section = {
  kind: 'notification',
  page: LARGE,
  key: by('id'),
  read: (ctx, after) => {
    const { accountId, id, type, summary, body, createdAt } = notificationMessages
    return ctx.db
      .select({ id, type, summary, body, created_at: createdAt })
      .from(notificationMessages)
      .where(range(ctx, accountId, id, after))
      .orderBy(asc(id))
      .limit(LARGE)
  },
}

const DELIVERIES: Section = {
  kind: 'delivery',
  page: SMALL,
  key: by('id'),
  read: (ctx, after) => {
    const { accountId, id, messageId, channel, endpointId, userId } = notificationDeliveries
    const { status, attempts, lastStatus, errorCode, createdAt, finishedAt } = notificationDeliveries
    const whom = { message_id: messageId, channel, endpoint_id: endpointId, user_id: userId }
    const outcome = { status, attempts, last_status: lastStatus, error_code: errorCode }
    return ctx.db
      .select({ id, ...whom, ...outcome, created_at: createdAt, finished_at: finishedAt })
      .from(notificationDeliveries)
      .where(range(ctx, accountId, id, after))
      .orderBy(asc(id))
      .limit(SMALL)
  },
}

const AUDIT: Section = {
  kind: 'audit',
  page: SMALL,
  key: by('seq'),
  read: (ctx, after) => {
    const { accountId, seq, actor, action, entityId, metadata, requestId, createdAt, hash } = auditLog
    const columns = { seq, actor, action, entity_id: entityId, metadata, request_id: requestId }
    return ctx.db
      .select({ ...columns, created_at: createdAt, hash })
      .from(auditLog)
      .where(range(ctx, accountId, seq, after))
      .orderBy(asc(seq))
      .limit(SMALL)
  },
}

/** What was recorded, and who is told of it. */
export const RECORDS: readonly Section[] = [SYNC_EVENTS, ENDPOINTS, NOTIFICATIONS, DELIVERIES, AUDIT]
