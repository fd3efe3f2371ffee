import * as z from 'zod'
import { AuditExportQuery, AuditQuery, AuditRecord, AuditVerdict, AuditVerify } from '../contract/audit.ts'
import { API_PREFIX, listOf } from '../contract/common.ts'
import { exportAudit, listAudit, verifyAuditPage } from '../services/audit/index.ts'
import { defineRoute, ok, type Route } from './define.ts'

const BASE = `${API_PREFIX}/audit`
const common = { tag: 'audit', throttle: 'integration', access: { kind: 'person', role: 'owner' } } as const

/** Verifying changes nothing. */
const reading = { kind: 'person', role: 'owner', duringSuspension: true } as const

export const auditRoutes: Route[] = [
  defineRoute({
    ...common,
    method: 'get',
    path: BASE,
    operationId: 'listAudit',
    summary: 'List the audit log',
    description: 'Who did what, when and from where. Names are those of today: deleted people have none.',
    query: AuditQuery,
    responses: { 200: { description: 'One page, newest first', schema: listOf(AuditRecord) } },
    errors: ['invalid_cursor'],
    handle: async ({ ctx, query }) => ok(await listAudit({ ctx, input: query })),
  }),
  defineRoute({
    ...common,
    method: 'get',
    path: `${BASE}/export`,
    operationId: 'exportAudit',
    records: 'audit.exported',
    summary: 'Export the audit log',
    description:
      'A file with all records that fit the filter, newest first: a JSON array, or CSV with `format=csv`. In CSV, fields that a spreadsheet would take for a formula begin with an apostrophe. A file has at most 10,000 records; `Link: …; rel="next"` leads to the next file. The export is recorded, too.',
    query: AuditExportQuery,
    responses: {
      200: { description: 'The file', schema: z.array(AuditRecord), otherTypes: { 'text/csv': z.string() } },
    },
    errors: ['invalid_cursor'],
    handle: async ({ ctx, query }) => ({ status: 200, response: await exportAudit({ ctx, input: query }) }),
  }),
  defineRoute({
    ...common,
    method: 'post',
    path: `${BASE}/verify`,
    operationId: 'verifyAudit',
    access: reading,
    records: { nothing: 'reads the log' },
    summary: 'Verify the audit log’s chain',
    description:
      'Verifies up to 10,000 records, from the start or `after` a record. Repeat it with `after` set to `head` until `is_complete`.',
    body: AuditVerify,
    responses: { 200: { description: 'Whether the records are those that were written', schema: AuditVerdict } },
    handle: async ({ ctx, body }) => ok(await verifyAuditPage({ ctx, input: body })),
  }),
]
