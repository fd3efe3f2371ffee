import { diffArrays } from 'diff'
import type { BodyBlock } from './split-blocks.ts'

/** One row of a comparison: a block of the left side next to one of the right. */
export type BlockRow =
  | { kind: 'same' | 'changed'; left: BodyBlock; right: BodyBlock }
  | { kind: 'removed'; left: BodyBlock; right: null }
  | { kind: 'added'; left: null; right: BodyBlock }

/** Largest section without a common block that is searched for similar pairs, as left blocks times right blocks. */
const MAX_PAIRS = 2_500
/** From this share of common words on, a block counts as a changed version of the other. */
const ALIKE = 0.35
const MAX_WORDS = 500

const wordsOf = (text: string) => new Set((text.match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, MAX_WORDS))

/** Share of common words, 0 to 1 (Dice). Blocks of different kinds have 0. */
function similarity(left: BodyBlock, right: BodyBlock, leftWords: Set<string>, rightWords: Set<string>): number {
  if (left.name !== right.name) return 0
  const total = leftWords.size + rightWords.size
  if (total === 0) return 1
  let common = 0
  for (const word of leftWords) if (rightWords.has(word)) common++
  return (2 * common) / total
}

/** Most pairs of similar blocks that keep the order of both sides (longest common subsequence). */
function findPairs(left: readonly BodyBlock[], right: readonly BodyBlock[]): [left: number, right: number][] {
  if (left.length * right.length > MAX_PAIRS) return []
  const [leftWords, rightWords] = [left, right].map((blocks) => blocks.map(({ text }) => wordsOf(text)))
  const width = right.length + 1
  const best = new Float64Array((left.length + 1) * width)
  const score = (i: number, j: number): number => {
    const [a, b, x, y] = [left[i], right[j], leftWords?.[i], rightWords?.[j]]
    const alike = a && b && x && y ? similarity(a, b, x, y) : 0
    return alike >= ALIKE ? alike : 0
  }
  const scores = new Float64Array(left.length * right.length)
  const at = (i: number, j: number) => best[i * width + j] ?? 0
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const own = score(i, j)
      scores[i * right.length + j] = own
      best[i * width + j] = Math.max(at(i + 1, j), at(i, j + 1), own > 0 ? own + at(i + 1, j + 1) : 0)
    }
  }
  const pairs: [number, number][] = []
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    const own = scores[i * right.length + j] ?? 0
    if (own > 0 && at(i, j) === own + at(i + 1, j + 1)) pairs.push([i++, j++])
    else if (at(i, j) === at(i + 1, j)) i++
    else j++
  }
  return pairs
}

const removed = (left: BodyBlock): BlockRow => ({ kind: 'removed', left, right: null })
const added = (right: BodyBlock): BlockRow => ({ kind: 'added', left: null, right })

/** Rows of a section in which no two blocks are equal. */
function alignStretch(left: readonly BodyBlock[], right: readonly BodyBlock[]): BlockRow[] {
  const rows: BlockRow[] = []
  let [i, j] = [0, 0]
  for (const [nextLeft, nextRight] of [...findPairs(left, right), [left.length, right.length] as const]) {
    rows.push(...left.slice(i, nextLeft).map(removed), ...right.slice(j, nextRight).map(added))
    const [one, other] = [left[nextLeft], right[nextRight]]
    if (one && other) rows.push({ kind: 'changed', left: one, right: other })
    ;[i, j] = [nextLeft + 1, nextRight + 1]
  }
  return rows
}

/**
 * Aligns the blocks of two bodies in rows. The left blocks of all rows, in order, are the left body; the right blocks are the right
 * body. Blocks with equal text are equal whatever gap follows them.
 * @returns null if it takes longer than `budgetMs`
 */
export function alignBlocks(
  left: readonly BodyBlock[],
  right: readonly BodyBlock[],
  budgetMs: number,
): BlockRow[] | null {
  const changes = diffArrays(
    left.map(({ text }) => text),
    right.map(({ text }) => text),
    { timeout: Math.max(1, budgetMs) },
  )
  if (!changes) return null
  const rows: BlockRow[] = []
  let [i, j, openLeft, openRight] = [0, 0, 0, 0]
  const flush = () => {
    rows.push(...alignStretch(left.slice(i - openLeft, i), right.slice(j - openRight, j)))
    openLeft = 0
    openRight = 0
  }
  for (const change of changes) {
    if (change.removed) [i, openLeft] = [i + change.count, openLeft + change.count]
    else if (change.added) [j, openRight] = [j + change.count, openRight + change.count]
    else {
      flush()
      for (let n = 0; n < change.count; n++) {
        const [one, other] = [left[i++], right[j++]]
        if (one && other) rows.push({ kind: 'same', left: one, right: other })
      }
    }
  }
  flush()
  return rows
}
