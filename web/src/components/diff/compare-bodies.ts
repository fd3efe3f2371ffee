import { alignBlocks, type BlockRow } from './align-blocks.ts'
import { diffWords, type Piece } from './diff-words.ts'
import { splitBlocks } from './split-blocks.ts'

/** Longest time that a comparison may block the page. */
const BUDGET_MS = 400
/** Bodies that together are longer are shown side by side without comparison. */
const MAX_CHARACTERS = 600_000

/** A row of the comparison: a changed block with its words, or a fold of equal blocks. */
export type ComparedRow =
  | { kind: 'fold'; rows: BlockRow[] }
  | { kind: 'changed'; name: string | null; pieces: Piece[] }
  | { kind: 'removed' | 'added'; name: string | null; text: string }

export interface Comparison {
  rows: ComparedRow[]
  /** Whether the texts differ only in blank space between blocks. */
  isBlankOnly: boolean
}

/** Removes the comment that opens a block if both sides have the same one: it tells a reader nothing. */
const DELIMITERS = /^<!--\s+wp:[\s\S]*?-->\n?|\n?<!--\s+\/wp:[^>]*?-->$/g
const withoutDelimiters = (text: string) => text.replace(DELIMITERS, '')
const openerOf = (text: string) => /^<!--\s+wp:[\s\S]*?-->/.exec(text)?.[0] ?? ''

function wordsOf(left: string, right: string, budgetMs: number): Piece[] {
  if (openerOf(left) !== openerOf(right)) return diffWords(left, right, budgetMs)
  const [one, other] = [withoutDelimiters(left), withoutDelimiters(right)]
  return one === other ? diffWords(left, right, budgetMs) : diffWords(one, other, budgetMs)
}

function compareRow(row: BlockRow, budgetMs: number): ComparedRow {
  if (row.kind === 'same') return { kind: 'fold', rows: [row] }
  if (row.kind === 'changed')
    return { kind: 'changed', name: row.right.name, pieces: wordsOf(row.left.text, row.right.text, budgetMs) }
  const { name, text } = row.kind === 'removed' ? row.left : row.right
  return { kind: row.kind, name, text: withoutDelimiters(text) || text }
}

/**
 * Compares two bodies by block, and changed blocks by word, within a time budget.
 * @returns null if they are too large; they are then shown side by side
 */
export function compareBodies(left: string, right: string, now: () => number = () => performance.now()) {
  if (left.length + right.length > MAX_CHARACTERS) return null
  const end = now() + BUDGET_MS
  const aligned = alignBlocks(splitBlocks(left), splitBlocks(right), end - now())
  if (!aligned) return null
  const rows: ComparedRow[] = []
  for (const row of aligned) {
    const compared = compareRow(row, end - now())
    const last = rows.at(-1)
    if (compared.kind === 'fold' && last?.kind === 'fold') last.rows.push(...compared.rows)
    else rows.push(compared)
  }
  const isBlankOnly = left !== right && aligned.every(({ kind }) => kind === 'same')
  return { rows, isBlankOnly } satisfies Comparison
}
