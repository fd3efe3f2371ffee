import { notificationDeliveries, notificationMessages, syncEvents } from '../../db/events/schema.ts'
import { auditLog, notificationEndpoints } from '../../db/schema/index.ts'
import { LARGE, type Section, section } from './section.ts'

export const SYNC_EVENTS = section({
  kind: 'sync_event',
  isEvents: true,
  table: syncEvents,
  key: syncEvents.id,
  columns: {
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
  },
})

/** Without secrets. */
const ENDPOINTS = section({
  kind: 'endpoint',
  table: notificationEndpoints,
  key: notificationEndpoints.id,
  columns: {
    id: notificationEndpoints.id,
    name: notificationEndpoints.name,
    url: notificationEndpoints.url,
    is_active: notificationEndpoints.isActive,
    failing_since: notificationEndpoints.failingSince,
    last_delivered_at: notificationEndpoints.lastDeliveredAt,
    created_at: notificationEndpoints.createdAt,
  },
})

const NOTIFICATIONS = section({
  kind: 'notification',
  isEvents: true,
  page: LARGE,
  table: notificationMessages,
  key: notificationMessages.id,
  columns: {
    id: notificationMessages.id,
    type: notificationMessages.type,
    summary: notificationMessages.summary,
    body: notificationMessages.body,
    created_at: notificationMessages.createdAt,
  },
})

const DELIVERIES = section({
  kind: 'delivery',
  isEvents: true,
  table: notificationDeliveries,
  key: notificationDeliveries.id,
  columns: {
    id: notificationDeliveries.id,
    message_id: notificationDeliveries.messageId,
    channel: notificationDeliveries.channel,
    endpoint_id: notificationDeliveries.endpointId,
    user_id: notificationDeliveries.userId,
    status: notificationDeliveries.status,
    attempts: notificationDeliveries.attempts,
    last_status: notificationDeliveries.lastStatus,
    error_code: notificationDeliveries.errorCode,
    created_at: notificationDeliveries.createdAt,
    finished_at: notificationDeliveries.finishedAt,
  },
})

const AUDIT = section({
  kind: 'audit',
  table: auditLog,
  key: auditLog.seq,
  columns: {
    seq: auditLog.seq,
    actor: auditLog.actor,
    action: auditLog.action,
    entity_id: auditLog.entityId,
    metadata: auditLog.metadata,
    request_id: auditLog.requestId,
    created_at: auditLog.createdAt,
    hash: auditLog.hash,
  },
})

/** What was recorded, and who is told of it. */
export const RECORDS: readonly Section[] = [SYNC_EVENTS, ENDPOINTS, NOTIFICATIONS, DELIVERIES, AUDIT]
