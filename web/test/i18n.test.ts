import compile from 'icu-minify/compile'
import { IntlMessageFormat } from 'intl-messageformat'
import { expect, test } from 'vitest'
import { messages as allGerman } from '../src/i18n/de/index.ts'
import { messages as allEnglish } from '../src/i18n/en/index.ts'

// texts by error code: see problem-texts.test.ts
const { errors: _german, ...german } = allGerman
const { errors: _english, ...english } = allEnglish

/** All messages by path. */
function flatten(node: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'string') found.set(`${path}${key}`, value)
    else for (const [inner, text] of flatten(value as object, `${path}${key}.`)) found.set(inner, text)
  }
  return found
}

/** Names of the arguments and tags of a message. */
const argumentsOf = (text: string, locale: string): string[] => {
  const names = new Set<string>()
  JSON.stringify(new IntlMessageFormat(text, locale).getAst(), (key, value: unknown) => {
    const isArgument = typeof value === 'object' && value !== null && 'type' in value && 'value' in value
    if (isArgument && value.type !== 0 && typeof value.value === 'string') names.add(value.value)
    return key === 'location' ? undefined : value
  })
  return [...names].toSorted()
}

test('every message exists in both languages, is valid, and takes the same arguments', () => {
  const [de, en] = [flatten(german), flatten(english)]
  expect([...de.keys()].toSorted()).toEqual([...en.keys()].toSorted())
  for (const [path, text] of en) {
    const other = de.get(path) ?? ''
    expect(text.trim(), path).not.toBe('')
    expect(other.trim(), path).not.toBe('')
    expect(argumentsOf(other, 'de'), path).toEqual(argumentsOf(text, 'en'))
  }
})

test('a message parsed at build time formats the same as at run time', async () => {
  const { default: format } = await import('icu-minify/format')
  const texts = { name: 'A', title: 'B', fields: 'C', side: 'D', builder: 'E', date: 'F', plugin: 'G', by: 'H' }
  const values = { ...texts, count: 2, more: 'true', number: 3, at: () => '12:00' }
  for (const [locale, messages] of [['en', english] as const, ['de', german] as const]) {
    const formatters = {
      getNumberFormat: (...given: ConstructorParameters<typeof Intl.NumberFormat>) => new Intl.NumberFormat(...given),
      getPluralRules: (...given: ConstructorParameters<typeof Intl.PluralRules>) => new Intl.PluralRules(...given),
      getDateTimeFormat: (...given: ConstructorParameters<typeof Intl.DateTimeFormat>) =>
        new Intl.DateTimeFormat(...given),
    }
    for (const [path, text] of flatten({ items: messages.items })) {
      const whole = new IntlMessageFormat(text, locale).format(values)
      expect(format(compile(text), locale, values, { formatters }), path).toBe(whole)
    }
  }
})
