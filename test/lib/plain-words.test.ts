import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MOST_WORDS, plainWords } from '../../src/lib/plain-words.ts'
import { LINKABLE } from '../support/linkable.ts'

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        'https://',
        'evil',
        '.',
        'com',
        '@',
        '\n',
        '\r\n',
        ' ',
        '/',
        '\\',
        ':',
        '。',
        '．',
        '\u2024',
        '\u200b',
        '\u202e',
        '<',
        '>',
        'mailto:',
        '＠',
        '：',
        '／',
        '\u0000',
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join('')),
)

describe('words of strangers', () => {
  test.each([
    ['Ada Lovelace', 'Ada Lovelace'],
    ['J. R. Müller & Söhne, Inc.', 'J. R. Müller & Söhne, Inc.'],
    ['Win at evil.com/now', 'Win at evil. com/ now'],
    ['https://evil.example', 'https: / / evil. example'],
    ['me@evil.com', 'me (at) evil. com'],
    ['evil。com and evil．com', 'evil。 com and evil. com'],
    ['a\r\nBcc: x@y.z', 'a Bcc: x (at) y. z'],
    ['ev\u200bil\u202emoc', 'ev il moc'],
    ['<a href=x>', '(a href=x)'],
    ['', ''],
  ])('%j becomes %j', (text, words) => {
    expect(plainWords(text)).toBe(words)
  })

  test('are one short line without anything that becomes a link, whatever they are', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const words = plainWords(text)
        expect(Array.from(words).length).toBeLessThanOrEqual(MOST_WORDS)
        expect(words).not.toMatch(/\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/u)
        expect(words).not.toMatch(/[<>[\]{}]/)
        expect(words).not.toMatch(LINKABLE)
      }),
      { numRuns: 2000 },
    )
  })

  test('of a megabyte are read to their limit', () => {
    const startedAt = performance.now()
    expect(Array.from(plainWords('evil.com/'.repeat(120_000))).length).toBe(MOST_WORDS)
    expect(performance.now() - startedAt).toBeLessThan(500)
  })
})
