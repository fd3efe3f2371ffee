import { describe, expect, test } from 'vitest'
import { addressForms, isSameHost, isWithin, rootOfCommands } from '../../src/lib/site-address.ts'

const isSameAddress = (left: string, right: string) => isWithin(left, right) && isWithin(right, left)

describe('the address of a site (T33)', () => {
  test.each([
    ['https://example.org', 'http://example.org'],
    ['https://example.org', 'https://www.example.org/'],
    ['https://example.org', 'https://EXAMPLE.org:443'],
    ['https://example.org/shop', 'http://www.example.org/shop/'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['http://127.0.0.1:8080', 'http://localhost:8080'],
    ['http://[::1]:8080/a', 'http://localhost:8080/a/'],
  ])('%s and %s are one site', (left, right) => {
    expect(isSameAddress(left, right)).toBe(true)
    expect(isSameAddress(right, left)).toBe(true)
  })

  test.each([
    ['https://example.org', 'https://example.com'],
    ['https://example.org', 'https://shop.example.org'],
    ['https://example.org', 'https://example.org:8443'],
    ['https://example.org/a', 'https://example.org/b'],
    ['https://example.org', 'https://example.org/a'],
    ['no url', 'no url'],
  ])('%s and %s are two sites', (left, right) => {
    expect(isSameAddress(left, right)).toBe(false)
  })

  test('contains URLs below it, not URLs that only start alike', () => {
    for (const url of ['https://example.org', 'http://www.example.org/en/', 'https://example.org/en/about'])
      expect(isWithin(url, 'https://example.org')).toBe(true)
    expect(isWithin('https://example.org/shop/en', 'https://example.org/shop')).toBe(true)
    for (const url of ['https://example.org/shopping', 'https://example.org', 'https://example.org.evil.net/shop', ''])
      expect(isWithin(url, 'https://example.org/shop')).toBe(false)
  })

  test('has a few spellings, and each of them yields all of them', () => {
    const forms = addressForms('https://www.example.org/shop/')
    expect(forms.toSorted()).toEqual([
      'http://example.org/shop',
      'http://www.example.org/shop',
      'https://example.org/shop',
      'https://www.example.org/shop',
    ])
    for (const form of forms) expect(addressForms(form)).toEqual(forms)
  })
})

test.each([
  ['http://localhost', 'http://127.0.0.1:8080', true],
  ['http://[::1]', 'http://localhost', true],
  ['https://www.example.org', 'http://example.org', true],
  ['http://127.0.0.1', 'http://127.0.0.2', false],
  ['http://127.0.0.2', 'http://localhost', false],
  ['https://example.org', 'https://shop.example.org', false],
])('%s and %s are one host: %s', (left, right, isSame) => {
  expect(isSameHost(new URL(left), new URL(right))).toBe(isSame)
  expect(isSameHost(new URL(right), new URL(left))).toBe(isSame)
})

test.each([
  ['https://a.example/blog/wp-json/igny8/v1/commands', 'https://a.example/blog/wp-json/'],
  ['https://a.example/?rest_route=/igny8/v1/commands', 'https://a.example/?rest_route=/'],
  ['https://a.example/something/else', null],
  [null, null],
])('the REST root of %s is %s', (url, root) => {
  expect(rootOfCommands(url)).toBe(root)
})
