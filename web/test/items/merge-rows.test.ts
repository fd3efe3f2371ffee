import { expect, test } from 'vitest'
import type { Side } from '../../src/pages/items/conflict-choice.tsx'
import { blockOf, isDifferent, mergedBody, rowsOf } from '../../src/pages/items/merge/merge-rows.ts'

const block = (text: string) => `<!-- wp:paragraph -->\n<p>${text}</p>\n<!-- /wp:paragraph -->`
const join = (...texts: string[]) => texts.map(block).join('\n\n')

const WORDPRESS = join('Intro.', 'We open at nine in the morning there.', 'Only in WordPress.')
const IGNY8 = join('Only in IGNY8.', 'Intro.', 'We open at nine in the morning here.')

/** All rows by one side. */
function allBy(side: Side, left: string, right: string): string {
  const rows = rowsOf(left, right)
  if (!rows) throw new Error('not compared')
  return mergedBody(rows, new Map(rows.map((_, index) => [index, side])))
}

test.each([
  [WORDPRESS, IGNY8],
  ['First.\n\nSecond.', 'First.\n\nOther.\n\nThird.'],
  ['', IGNY8],
  [WORDPRESS, ''],
])('one side throughout is that side’s body, byte for byte', (wordpress, igny8) => {
  expect([allBy('wordpress', wordpress, igny8), allBy('igny8', wordpress, igny8)]).toEqual([wordpress, igny8])
})

test('each difference takes the side that was chosen, and IGNY8’s where nobody has', () => {
  const rows = rowsOf(WORDPRESS, IGNY8) ?? []
  const different = rows.flatMap((row, index) => (isDifferent(row) ? [index] : []))
  expect(different.map((index) => rows[index]?.kind)).toEqual(['added', 'changed', 'removed'])
  const [added = -1, , removed = -1] = different
  const [addedRow, removedRow] = [rows[added], rows[removed]]
  expect([addedRow && blockOf(addedRow, 'wordpress'), removedRow && blockOf(removedRow, 'igny8')]).toEqual([null, null])
  const choices = new Map<number, Side>([
    [added, 'wordpress'],
    [removed, 'wordpress'],
  ])
  expect(mergedBody(rows, choices)).toBe(join('Intro.', 'We open at nine in the morning here.', 'Only in WordPress.'))
})
