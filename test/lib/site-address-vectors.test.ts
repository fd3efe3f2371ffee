import { expect, test } from 'vitest'
import { addressForms, isWithin } from '../../src/lib/site-address.ts'
import fixture from '../fixtures/site-address-vectors.json' with { type: 'json' }

test.each(fixture.vectors)('$one and $other are one site: $same, as for the plugin', ({ one, other, same }) => {
  expect(isWithin(one, other) && isWithin(other, one)).toBe(same)
  if (same) expect(addressForms(one).toSorted()).toEqual(addressForms(other).toSorted())
})
