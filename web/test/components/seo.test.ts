import { expect, test } from 'vitest'
import { SEO_ROBOTS, SEO_TEXTS as CONTRACT_TEXTS } from '../../../src/contract/seo-fields.ts'
import { PLAIN_DIRECTIVES, SEO_TEXTS } from '../../src/components/seo.ts'

test('the SEO fields and directives of the form are those of the contract', () => {
  expect(SEO_TEXTS).toEqual(CONTRACT_TEXTS)
  const plain = Object.entries(SEO_ROBOTS).map(([name, known]) => [name, known.filter((one) => !one.endsWith(':'))])
  expect(PLAIN_DIRECTIVES).toEqual(Object.fromEntries(plain))
})
