import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readSecLists, readZxcvbn, renderCommonPasswords } from '../../scripts/common-passwords.ts'
import { assertPasswordAllowed } from '../../src/services/people/password-policy.ts'

const person = { name: 'Ada', email: 'ada@example.com' }
const isAllowed = (password: string) => {
  try {
    assertPasswordAllowed(password, person, 'body.password')
    return true
  } catch {
    return false
  }
}

describe('common passwords', () => {
  test('are those of the packages: run scripts/common-passwords.ts after an update', () => {
    const words = (text: string) => text.match(/[^\s'[\],]{10,}/g)
    expect(words(readFileSync('src/services/people/common-passwords.ts', 'utf8'))).toEqual(
      words(renderCommonPasswords()),
    )
  })

  test.each([
    ['SecLists', readSecLists()],
    ['zxcvbn', readZxcvbn().slice(0, 10_000)],
  ])('the 10,000 commonest of %s are refused, in any case', (_name, list) => {
    expect(list).toHaveLength(10_000)
    const long = list.filter((word) => word.length >= 10)
    expect(long.length).toBeGreaterThan(100)
    expect([...long, ...long.map((word) => word.toUpperCase())].filter(isAllowed)).toEqual([])
  })

  test('are not what people choose well', () => {
    for (const good of ['correct horse battery', 'a nanosecond of wire', 'ada writes engines', 'xkcd-936-forever'])
      expect(isAllowed(good)).toBe(true)
  })

  test.each(['aaaaaaaaaa', 'abcabcabcabc', '12121212121212', 'ada@example.com', 'Ada-Example-Com', 'ADAADA 2026'])(
    '%s is refused without a list',
    (bad) => expect(isAllowed(bad)).toBe(false),
  )
})
