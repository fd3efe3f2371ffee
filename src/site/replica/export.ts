/** Pages of an export: what the object has of its site, as finished lines of about a megabyte, and one row at least. */
import { toItemLine, toUndoLine } from '../items/file.ts'
import type { ExportPage, TermKey } from '../rpc.ts'
import type { Replica } from './store.ts'

/** Rows read for one page, and characters after which it ends. */
const PAGE_ITEMS = 500
const PAGE_TERMS = 2_000
const PAGE_CHARACTERS = 1_000_000

const text = (line: object) => `${JSON.stringify(line)}\n`

/** Items after a row number with their resolved conflicts, oldest first. */
export function exportItems({ items, resolutions }: Replica, siteId: string, after: number): ExportPage<number> {
  const lines: string[] = []
  let [length, last, read] = [0, after, 0]
  for (const record of items.after(after, PAGE_ITEMS)) {
    const undo = resolutions.of(record.n).map((resolution) => text(toUndoLine(record.id, resolution)))
    const own = [text(toItemLine(record, siteId)), ...undo].join('')
    lines.push(own)
    last = record.n
    read++
    length += own.length
    if (length >= PAGE_CHARACTERS) break
  }
  const isLast = length < PAGE_CHARACTERS && read < PAGE_ITEMS
  return { text: lines.join(''), next: isLast ? null : last }
}

/** Terms after one of them; null: from the first on. */
export function exportTerms({ terms }: Replica, siteId: string, after: TermKey | null): ExportPage<TermKey> {
  const rows = terms.after(after ?? { taxonomy: '', id: 0 }, PAGE_TERMS)
  const last = rows.at(-1)
  const lines = rows.map((row) => text({ kind: 'term', site_id: siteId, ...row }))
  return {
    text: lines.join(''),
    next: last && rows.length === PAGE_TERMS ? { taxonomy: last.taxonomy, id: last.id } : null,
  }
}
