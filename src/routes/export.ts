import { API_PREFIX } from '../contract/common.ts'
import { AccountExportQuery, ExportLine, PersonExport } from '../contract/deletion.ts'
import { exportAccount } from '../services/export/account.ts'
import { exportPerson } from '../services/export/person.ts'
import { NEEDS_RECENT, defineRoute, ok, type Route } from './define.ts'
import { streamLines } from './stream-lines.ts'

// a write, since it is recorded, and since nobody should get it by following a link
const common = { tag: 'deletion', method: 'post', throttle: 'integration' } as const

export const exportRoutes: Route[] = [
  defineRoute({
    ...common,
    path: `${API_PREFIX}/account/export`,
    operationId: 'exportAccount',
    records: 'account.exported',
    summary: 'Export the account',
    description: `Everything that the account has, one JSON object a line; \`kind\` says what it is. The first line has the number of sites, the last one (\`end\`) says whether all of it is there; a \`failure\` names a site that is not. A large account comes in parts: a part whose last line is \`page\` goes on with its \`next\` as \`cursor\`. Secrets are left out. ${NEEDS_RECENT}`,
    access: { kind: 'person', role: 'owner', fresh: true, duringSuspension: true },
    withoutIdempotency: true,
    query: AccountExportQuery,
    errors: ['invalid_cursor'],
    responses: {
      200: { description: 'The lines', schema: ExportLine, contentType: 'application/x-ndjson' },
    },
    handle: async ({ ctx, query }) => {
      const lines = await exportAccount({ ctx, input: query })
      return { status: 200, response: await streamLines(lines, 'igny8-account.ndjson') }
    },
  }),
  defineRoute({
    ...common,
    path: `${API_PREFIX}/me/export`,
    operationId: 'exportPerson',
    records: { nothing: 'people read what is kept about themselves' },
    summary: 'Export yourself',
    description: `What is kept about you, without passwords and tokens. ${NEEDS_RECENT}`,
    access: { kind: 'person', role: 'viewer', fresh: true, withoutAccount: true, withoutTwoFactor: true },
    withoutIdempotency: true,
    responses: { 200: { description: 'The person', schema: PersonExport } },
    handle: async ({ ctx }) => ok(await exportPerson({ ctx })),
  }),
]
