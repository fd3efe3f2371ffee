import { describe, expect, test } from 'vitest'
import { readSource } from '../../scripts/plugin/files.ts'
import { extractMessages } from '../../scripts/plugin/texts/extract.ts'
import { compileMo, compilePhp, parsePo, renderTemplate, renderTranslation } from '../../scripts/plugin/texts/files.ts'
import { LOCALES, makeLanguages, translationsOf } from '../../scripts/plugin/texts/languages.ts'
import { PLUGIN_SLUG } from '../../src/contract/plugin-updates.ts'

const source = readSource()
const messages = extractMessages(source, PLUGIN_SLUG)
const php = (code: string, path = 'includes/A.php') => new Map([[path, new TextEncoder().encode(`<?php\n${code}`)]])
const texts = (code: string) => extractMessages(php(code), 'd').map(({ text }) => text)

describe('the texts of the plugin', () => {
  test('are all in the template, and its files are those that npm run plugin:texts makes', () => {
    expect(messages.length).toBeGreaterThan(500)
    for (const [path, bytes] of makeLanguages(source))
      expect(Buffer.from(source.get(path) ?? []).equals(Buffer.from(bytes)), `${path}: npm run plugin:texts`).toBe(true)
  })

  describe.each(LOCALES)('in %s', (locale) => {
    const translations = translationsOf(source, messages, locale)
    const each = messages.map(({ text }) => [text, translations.get(text) ?? ''] as const)
    const placeholders = (text: string) => (text.match(/%(?:\d\$)?[a-z]/g) ?? []).toSorted()
    const end = (text: string) => /[.…:]$/.exec(text)?.[0] ?? ''

    test('are all translated', () => {
      expect(each.filter(([, translation]) => translation === '').map(([text]) => text)).toEqual([])
    })

    test('have the same placeholders', () => {
      const differ = ([text, translation]: readonly [string, string]) =>
        placeholders(text).join() !== placeholders(translation).join()
      expect(each.filter(differ)).toEqual([])
      expect(differ(['%1$s of %2$s', '%1$s von %1$s'])).toBe(true)
    })

    test('end as the original, and have no spaces at their ends', () => {
      expect(each.filter(([text, translation]) => end(text) !== end(translation))).toEqual([])
      expect(each.filter(([, translation]) => translation !== translation.trim())).toEqual([])
    })

    test('say Sie, with German quotation marks', () => {
      const informal = /\b(?:du|dir|dich|dein\w*|euch|eure?\w*)\b/i
      expect(each.filter(([, translation]) => informal.test(translation) || /["”]/.test(translation))).toEqual([])
    })
  })
})

describe('finding texts', () => {
  test('reads literals as PHP does, once each, with every place', () => {
    expect(
      texts(String.raw`__( 'It\'s a \\ \n', 'd' ); esc_html__( "Two\n\$x", 'd' ); esc_attr__( 'Two', 'd' );`),
    ).toEqual([String.raw`It's a \ \n`, 'Two\n$x', 'Two'])
    const two = new Map([...php("__( 'A', 'd' );", 'b.php'), ...php("__( 'A', 'd' ); __( 'B', 'd' );", 'a.php')])
    expect(extractMessages(two, 'd')).toMatchObject([{ text: 'A', places: ['a.php', 'b.php'] }, { text: 'B' }])
  })

  test('gives a note to the text that follows it alone', () => {
    const [one, two] = extractMessages(php("/* translators: %s: a name. */ __( '%s', 'd' ); __( 'B', 'd' );"), 'd')
    expect([one?.notes, two?.notes]).toEqual([['%s: a name.'], []])
  })

  test('refuses another text domain and forms that it doesn’t know', () => {
    expect(() => texts("__( 'A', 'other' );")).toThrow(/other is not d/)
    for (const form of ["_n( 'A', 'B', 2, 'd' );", "_x( 'A', 'c', 'd' );", "esc_html_e( 'A', 'd' );"])
      expect(() => texts(form), form).toThrow(/only __/)
  })
})

describe('the files', () => {
  const some = extractMessages(php(String.raw`__( 'A "b"', 'd' ); __( "Two\nlines", 'd' ); __( '%s', 'd' );`), 'd')
  const german = new Map([
    ['A "b"', 'Ä „b“ \\'],
    ['Two\nlines', 'Zwei\nZeilen'],
  ])

  test('of translators are read as they were written, also where an editor has wrapped them', () => {
    const po = renderTranslation(some, german, 'de_DE')
    expect(parsePo(po)).toEqual(german)
    expect(po).toContain('#, php-format\nmsgid "%s"\nmsgstr ""\n')
    expect(parsePo('#, fuzzy\nmsgid ""\n"A "\n"b"\nmsgstr ""\n"Ä\\n"\n"b"\n')).toEqual(new Map([['A b', 'Ä\nb']]))
    expect(parsePo(renderTemplate(some, 'd'))).toEqual(new Map())
  })

  test('in binary form are sorted, as gettext looks them up', () => {
    const mo = Buffer.from(compileMo(german, 'de_DE'))
    const at = (offset: number) => mo.readUInt32LE(offset)
    const string = (table: number, index: number) => {
      const [length, offset] = [at(table + index * 8), at(table + index * 8 + 4)]
      expect(mo[offset + length]).toBe(0)
      return mo.subarray(offset, offset + length).toString('utf8')
    }
    expect([at(0), at(4), at(8)]).toEqual([0x950412de, 0, 3])
    const pairs = [0, 1, 2].map((index) => [string(at(12), index), string(at(16), index)] as const)
    expect(pairs[0]?.[1]).toContain('Language: de_DE\n')
    expect(new Map(pairs.slice(1))).toEqual(german)
    expect(pairs.map(([text]) => text)).toEqual(['', 'A "b"', 'Two\nlines'])
  })

  test('in PHP can’t end their own strings', () => {
    const code = compilePhp(new Map([["It's", String.raw`Es\'`]]), 'de_DE', 'd')
    expect(code).toContain(String.raw`'It\'s'=>'Es\\\''`)
  })
})
