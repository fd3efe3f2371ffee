import { diffWordsWithSpace } from 'diff'

/** A stretch of text: in both texts, in the left one alone, or in the right one alone. */
export interface Piece {
  kind: 'same' | 'removed' | 'added'
  text: string
}

/** Beyond so many changed words the difference is no longer read word by word. */
const MAX_EDITS = 2_000

/** What stands in only one of two texts without being compared further. */
export const replaceWhole = (left: string, right: string): Piece[] => {
  const pieces: Piece[] = [
    { kind: 'removed', text: left },
    { kind: 'added', text: right },
  ]
  return pieces.filter(({ text }) => text !== '')
}

/** A blank that stayed between two words that were replaced is replaced with them: people read phrases, not words. */
function joinPhrases(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = []
  let [removed, added] = ['', '']
  const flush = () => {
    joined.push(...replaceWhole(removed, added))
    removed = ''
    added = ''
  }
  pieces.forEach(({ kind, text }, index) => {
    const isBetween = removed !== '' && added !== '' && index < pieces.length - 1
    if (kind === 'same' && !(isBetween && text.trim() === '')) {
      flush()
      joined.push({ kind, text })
      return
    }
    if (kind !== 'added') removed += text
    if (kind !== 'removed') added += text
  })
  flush()
  return joined
}

/**
 * Compares two texts word by word. Without the removed pieces the result is `right`, without the added ones `left`.
 * @param budgetMs when it is used up, or too much differs, the texts are replaced as a whole
 */
export function diffWords(left: string, right: string, budgetMs: number): Piece[] {
  if (left === right) return left === '' ? [] : [{ kind: 'same', text: left }]
  if (budgetMs <= 0) return replaceWhole(left, right)
  const changes = diffWordsWithSpace(left, right, { timeout: budgetMs, maxEditLength: MAX_EDITS })
  if (!changes) return replaceWhole(left, right)
  return joinPhrases(
    changes.map(({ added, removed, value }) => ({
      kind: added ? 'added' : removed ? 'removed' : 'same',
      text: value,
    })),
  )
}
