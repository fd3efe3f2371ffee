import type { AuditExportQuery, AuditRecord } from '../../contract/audit.ts'
import { API_PREFIX } from '../../contract/common.ts'
import type { ServiceContext } from '../context.ts'
import { appendAudit } from './append.ts'
import { cursorOf, hideFilter, listAudit, selectAudit } from './list.ts'

/** A page is some seven queries. */
const PAGE_ROWS = 500
/** Most records of a file. */
export const EXPORTED_ROWS = 10_000

/** Begins a formula in a spreadsheet, also after white space. */
const FORMULA = /^\s*[=+\-@|%]|^[\t\r\n]/

/** A field of a CSV file (RFC 4180). One that a spreadsheet would run gets an apostrophe before it. */
export function csvField(value: string): string {
  const safe = FORMULA.test(value) ? `'${value}` : value
  return `"${safe.replaceAll('"', '""')}"`
}

const COLUMNS = {
  seq: ({ seq }) => String(seq),
  at: ({ at }) => at,
  actor_kind: ({ actor }) => actor.kind,
  actor_id: ({ actor }) => actor.id ?? '',
  actor_name: ({ actor }) => actor.name ?? (actor.kind === 'user' ? 'a deleted person' : ''),
  action: ({ action }) => action,
  entity_id: ({ entity_id: id }) => id,
  entity_name: ({ entity_name: name }) => name ?? '',
  metadata: ({ metadata }) => JSON.stringify(metadata),
  country: ({ origin }) => origin?.country ?? '',
  network: ({ origin }) => origin?.network ?? '',
  device: ({ origin }) => origin?.device ?? '',
  request_id: ({ request_id: id }) => id,
} as const satisfies Record<string, (record: AuditRecord) => string>

interface Format {
  type: string
  start: string
  row: (record: AuditRecord, isFirst: boolean) => string
  end: string
}

const FORMATS: Record<AuditExportQuery['format'], Format> = {
  json: {
    type: 'application/json',
    start: '[',
    row: (record, isFirst) => `${isFirst ? '' : ','}\n${JSON.stringify(record)}`,
    end: '\n]\n',
  },
  csv: {
    type: 'text/csv; charset=utf-8; header=present',
    start: `${Object.keys(COLUMNS).map(csvField).join(',')}\r\n`,
    row: (record) =>
      `${Object.values(COLUMNS)
        .map((read) => csvField(read(record)))
        .join(',')}\r\n`,
    end: '',
  },
}

type ReadContext = Pick<ServiceContext, 'db' | 'actor' | 'config'>
type Range = Omit<AuditExportQuery, 'format'>

/** The records of the account that fit a filter, a page at a time: it never holds more than one page. */
async function* readPages(ctx: ReadContext, { cursor: start, ...filter }: Range) {
  let cursor = start
  for (let left = EXPORTED_ROWS; left > 0; left -= PAGE_ROWS) {
    const page = await listAudit({ ctx, input: { ...filter, cursor, limit: Math.min(left, PAGE_ROWS) } })
    yield page.results
    if (page.next === null) return
    cursor = page.next
  }
}

async function* writeFile(ctx: ReadContext, range: Range, format: Format): AsyncGenerator<string> {
  yield format.start
  let isFirst = true
  for await (const records of readPages(ctx, range)) {
    let text = ''
    for (const record of records) {
      text += format.row(record, isFirst)
      isFirst = false
    }
    yield text
  }
  yield format.end
}

/** Where the next file begins; null if one holds all. */
async function findNext(ctx: ServiceContext, { cursor, ...filter }: Range): Promise<string | null> {
  const page = { cursor, limit: 1 }
  const rows = await selectAudit(ctx, await hideFilter(ctx, filter), page).offset(EXPORTED_ROWS - 1)
  const [last, more] = rows
  return last && more ? cursorOf(last) : null
}

/**
 * What fits the filter, newest first, as a file that is streamed. A file has at most 10,000 records, because a request may
 * ask the database only so often; `Link: …; rel="next"` leads to the next file. The export is recorded.
 * @throws ServiceError `invalid_cursor`
 */
export async function exportAudit({
  ctx,
  input: { format: name, ...range },
}: {
  ctx: ServiceContext
  input: AuditExportQuery
}): Promise<Response> {
  const format = FORMATS[name]
  const { cursor: _, ...filter } = range
  const entry = { action: 'audit.exported', entityId: ctx.actor.accountId, metadata: { format: name, filter } } as const
  await appendAudit({ ctx, input: { entry, changes: [] } })
  const next = await findNext(ctx, range)
  const encoder = new TextEncoder()
  const chunks = writeFile(ctx, range, format)
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
  })
  const day = new Date(ctx.now()).toISOString().slice(0, 10)
  const disposition = `attachment; filename="audit-log-${day}.${name}"`
  const headers = new Headers({ 'content-type': format.type, 'content-disposition': disposition })
  if (next !== null) {
    const query = new URLSearchParams({ format: name, cursor: next })
    for (const [field, value] of Object.entries(filter)) query.set(field, String(value))
    headers.set('link', `<${ctx.config.publicUrl}${API_PREFIX}/audit/export?${query.toString()}>; rel="next"`)
  }
  return new Response(body, { headers })
}
