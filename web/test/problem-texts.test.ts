import { expect, test } from 'vitest'
import { ERRORS } from '../../src/contract/errors.ts'
import { describeReason } from '../../src/contract/health.ts'
import { DELIVERY_ERRORS } from '../../src/contract/notifications.ts'
import { SYMPTOMS } from '../../src/contract/symptoms.ts'
import { errors as german } from '../src/i18n/de/errors.ts'
import { shell as deShell } from '../src/i18n/de/shell.ts'
import { errors as english } from '../src/i18n/en/errors.ts'
import { shell as enShell } from '../src/i18n/en/shell.ts'

const CHOICES = ['integration_inactive']
const known = [...Object.keys(ERRORS), ...Object.keys(SYMPTOMS), ...CHOICES, ...Object.keys(DELIVERY_ERRORS)]

test('every code that the API can answer with has a German text of its own', () => {
  expect(Object.keys(german).toSorted()).toEqual([...new Set(known)].toSorted())
  for (const [code, { title, fix }] of Object.entries(german)) {
    expect(title.trim(), code).not.toBe('')
    expect(title, code).not.toBe(describeReason(code).title)
    expect(fix !== '', code).toBe(describeReason(code).fix !== '')
  }
})

test('the reasons chosen by people have texts', () => {
  for (const code of CHOICES) expect(describeReason(code).title).not.toBe(code)
})

test.each([
  ['credentials_missing', 'en'],
  ['invalid_session', 'en'],
  ['credentials_missing', 'de'],
  ['invalid_session', 'de'],
] as const)('%s tells an editor to sign in again, not to send credentials (%s)', (code, locale) => {
  const { title, fix } = { en: english, de: german }[locale][code] ?? { title: '', fix: '' }
  expect(title).toMatch(/signed out|abgemeldet/)
  expect(fix).toMatch(/text is kept|Text bleibt/)
})

test('a text that sends somebody to a tab names one that exists, so that it is a link', () => {
  const texts = [
    ...[...Object.values(ERRORS), ...Object.values(SYMPTOMS)].map(({ fix }) => [fix, Object.values(enShell.tabs)]),
    ...Object.values(german).map(({ fix }) => [fix, Object.values(deShell.tabs)]),
  ] as [string, string[]][]
  const places = texts.flatMap(([fix, tabs]) =>
    [...(fix ?? '').matchAll(/\b(?:under|unter) (?!Settings →|Einstellungen →)(?=\p{Lu})(.+?)(?=[.,:;]|$)/gu)].map(
      ([, place = '']) => [place, tabs.some((tab) => place.startsWith(tab))],
    ),
  )
  expect(places.length).toBeGreaterThan(1)
  expect(places.filter(([, isTab]) => !isTab)).toEqual([])
})
