import type { AuditExportQuery, AuditFilter, AuditRecord } from '../../contract/audit.ts'
import type { ServiceContext } from '../context.ts'
import { listAudit } from './list.ts'

const PAGE_ROWS = 200

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

/** The file, a page at a time: it never holds more than one. */
async function* writeFile(ctx: ReadContext, filter: AuditFilter, format: Format): AsyncGenerator<string> {
  yield format.start
  let cursor: string | undefined
  let isFirst = true
  do {
    const page = await listAudit({ ctx, input: { ...filter, cursor, limit: PAGE_ROWS } })
    let text = ''
    for (const record of page.results) {
      text += format.row(record, isFirst)
      isFirst = false
    }
    yield text
    cursor = page.next ?? undefined
  } while (cursor !== undefined)
  yield format.end
}

/** The account's audit log as a file that is streamed: what fits the filter, newest first. */
export function exportAudit({
  ctx,
  input: { format: name, ...filter },
}: {
  ctx: ServiceContext
  input: AuditExportQuery
}): Response {
  const format = FORMATS[name]
  const encoder = new TextEncoder()
  const chunks = writeFile(ctx, filter, format)
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
  })
  const day = new Date(ctx.now()).toISOString().slice(0, 10)
  return new Response(body, {
    headers: { 'content-type': format.type, 'content-disposition': `attachment; filename="audit-log-${day}.${name}"` },
  })
}
