import { diffWordsWithSpace } from 'diff'

/** A piece of text that is in both texts, only in the left or only in the right one. */
export interface Piece {
  kind: 'same' | 'removed' | 'added'
  text: string
}

/** With more changed words than this, the texts are shown as replaced. */
const MAX_EDITS = 2_000

/** Pieces of two texts that are shown as replaced. */
export const replaceWhole = (left: string, right: string): Piece[] => {
  const pieces: Piece[] = [
    { kind: 'removed', text: left },
    { kind: 'added', text: right },
  ]
  return pieces.filter(({ text }) => text !== '')
}

/** Merges a blank between two replaced words into the replacement, since people read phrases. */
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
 * Compares two texts word by word. Without the removed pieces the result is `right`, without the added pieces it is `left`.
 * @param budgetMs if it runs out, or the texts differ too much, the whole text counts as replaced
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
