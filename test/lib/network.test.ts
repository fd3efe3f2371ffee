import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { networkOf } from '../../src/lib/network.ts'

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['::FFFF:cb00:7109', '203.0.113.9'],
  ['0:0:0:0:0:ffff:cb00:7109', '203.0.113.9'],
  ['unknown', 'unknown'],
  ['1::2::3', '1::2::3'],
  ['zz:1', 'zz:1'],
  ['', ''],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('all addresses of an IPv6 /64 count as one, and those of two as two', () => {
  const group = fc.integer({ min: 0, max: 0xff_ff }).map((number) => number.toString(16))
  const half = fc.array(group, { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(half, half, half, (network, one, other) => {
      expect(networkOf([...network, ...one].join(':'))).toBe(networkOf([...network, ...other].join(':')))
      const isSame = network.join(':') === one.join(':')
      expect(networkOf([...network, ...other].join(':')) === networkOf([...one, ...other].join(':'))).toBe(isSame)
    }),
  )
})
