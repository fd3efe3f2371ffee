/** A body that is put together of the blocks of two: for each difference somebody chooses a side. */
import { alignBlocks, type BlockRow } from '../../../components/diff/align-blocks.ts'
import { type BodyBlock, splitBlocks } from '../../../components/diff/split-blocks.ts'
import type { Side } from '../conflict-choice.tsx'

/** Longest time that the comparison may block the page. */
const BUDGET_MS = 400
/** Space between blocks where the chosen one ended its body. */
const GAP = '\n\n'

/** The blocks of both bodies in rows: WordPress' on the left. @returns null if they are too different to be compared in time */
export const rowsOf = (wordpress: string, igny8: string): BlockRow[] | null =>
  alignBlocks(splitBlocks(wordpress), splitBlocks(igny8), BUDGET_MS)

export const isDifferent = ({ kind }: BlockRow): boolean => kind !== 'same'

/** The block that a side has in a row; null if it has none. */
export const blockOf = (row: BlockRow, side: Side): BodyBlock | null => (side === 'wordpress' ? row.left : row.right)

/** The body that the choices make. Where nobody has chosen, it is IGNY8's. */
export function mergedBody(rows: readonly BlockRow[], choices: ReadonlyMap<number, Side>): string {
  const lasts = new Set([
    rows.findLast(({ left }) => left !== null)?.left,
    rows.findLast(({ right }) => right !== null)?.right,
  ])
  const blocks = rows.flatMap((row, index) => {
    const chosen = blockOf(row, choices.get(index) ?? 'igny8')
    return chosen ? [chosen] : []
  })
  // what ended one body may stand in the middle of the other, and the other way round
  const gapOf = (block: BodyBlock, isEnd: boolean) => {
    if (lasts.has(block)) return isEnd || block.gap !== '' ? block.gap : GAP
    return isEnd ? '' : block.gap
  }
  return blocks.map((block, index) => block.text + gapOf(block, index === blocks.length - 1)).join('')
}
