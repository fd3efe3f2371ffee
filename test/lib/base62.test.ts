import { expect, test } from 'vitest'
import { randomBase62, toBase62 } from '../../src/lib/base62.ts'

test.each([
  [0, '000000'],
  [61, '00000z'],
  [62, '000010'],
  [0xffffffff, '4gfFC3'],
])('%i is %s in six digits', (value, digits) => {
  expect(toBase62(value, 6)).toBe(digits)
})

test('random texts have the length asked for and differ', () => {
  for (const length of [0, 1, 10, 32]) expect(randomBase62(length)).toMatch(new RegExp(`^[0-9A-Za-z]{${length}}$`))
  expect(new Set(Array.from({ length: 1000 }, () => randomBase62(32))).size).toBe(1000)
})

test('every digit is as likely as any other', () => {
  const counts = new Map<string, number>()
  const digits = Array.from({ length: 62 }, () => randomBase62(2000)).join('')
  for (const digit of digits) counts.set(digit, (counts.get(digit) ?? 0) + 1)
  expect(counts.size).toBe(62)
  // six standard deviations of a binomial with mean 2,000
  for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(6 * Math.sqrt(2000))
})
