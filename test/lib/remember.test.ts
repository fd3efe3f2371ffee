import { expect, test } from 'vitest'
import { remember } from '../../src/lib/remember.ts'

test('the oldest makes room, and what is remembered again is new', () => {
  const memory = new Map<string, number>()
  for (const [index, key] of ['a', 'b', 'a', 'c', 'd'].entries()) remember(memory, key, index, 2)
  expect([...memory]).toEqual([
    ['c', 3],
    ['d', 4],
  ])
})
