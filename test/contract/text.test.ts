import { assert, jsonValue, property } from 'fast-check'
import { expect, test } from 'vitest'
import { findTextFault } from '../../src/contract/text.ts'

const HALF = '\ud83d'
const deep = (levels: number): unknown => (levels === 0 ? 'x' : [deep(levels - 1)])

test.each<[string, unknown, string | null]>([
  ['plain text', { title: 'Hello 😀' }, null],
  ['NUL in a value, which the site’s database decides on', { body: 'a\u0000b' }, null],
  ['half of a pair in a title', { title: `Cut ${HALF}` }, 'title'],
  ['half of a pair in a term', { terms: { category: ['News', HALF] } }, 'terms.category.1'],
  ['half of a pair deep in meta', { meta: { a: { b: [1, HALF] } } }, 'meta.a.b.1'],
  ['half of a pair in a key', { meta: { [HALF]: 1 } }, `meta.${HALF}`],
  ['NUL in a key', { meta: { 'a\u0000': 1 } }, 'meta.a\u0000'],
  ['a value of 30 levels', { meta: { a: deep(30) } }, null],
  ['a value of 40 levels', { meta: { a: deep(40) } }, 'meta.a.0'],
])('T52 %s', (_name, value, path) => {
  expect(findTextFault(value)?.path.join('.') ?? null).toBe(path)
})

test('T52 what passes survives a round trip through UTF-8, whatever it is', () => {
  assert(
    property(jsonValue({ stringUnit: 'binary' }), (value) => {
      if (findTextFault(value) !== null) return
      const bytes = new TextEncoder().encode(JSON.stringify(value))
      expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
