import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../../scripts/lib/paths.ts'

const FILE = join(ROOT, 'docs/reliability.md')
const HEAD = ['set-up', 'connects', 'a connected site becomes', 'the doctor names']

/** What was seen of one set-up, as its row says it. */
export interface Row {
  name: string
  connects: string
  becomes: string
  doctor: string
}

/** The rows of the matrix as docs/reliability.md has them, by name. */
export function readTable(): Map<string, Row> {
  const lines = readFileSync(FILE, 'utf8').split('\n')
  const start = lines.indexOf(`| ${HEAD.join(' | ')} |`)
  if (start < 0) throw new Error(`${FILE} has no table “${HEAD.join(' | ')}”`)
  const rows = new Map<string, Row>()
  for (const line of lines.slice(start + 2)) {
    const [name, connects, becomes, doctor] = line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1)
    if (name === undefined || connects === undefined || becomes === undefined || doctor === undefined) break
    rows.set(name, { name, connects, becomes, doctor })
  }
  return rows
}

/** Puts what was seen in the place of the table: `WRITE_MATRIX=1`, for the one who then reads what has changed. */
export function writeTable(rows: Row[]): void {
  const lines = readFileSync(FILE, 'utf8').split('\n')
  const start = lines.indexOf(`| ${HEAD.join(' | ')} |`)
  let end = start + 2
  while (lines[end]?.startsWith('|')) end++
  const text = rows.map(({ name, connects, becomes, doctor }) => `| ${[name, connects, becomes, doctor].join(' | ')} |`)
  writeFileSync(FILE, [...lines.slice(0, start + 2), ...text, ...lines.slice(end)].join('\n'))
}
