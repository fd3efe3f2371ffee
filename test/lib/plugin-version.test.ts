import { afterAll, expect, test, vi } from 'vitest'

vi.mock('../../src/contract/link.ts', () => ({ MIN_PLUGIN_VERSION: '1.10.2' }))
// test files share modules: this one needs its own, with the minimum above, and the next one needs the real ones again
vi.resetModules()
afterAll(() => void vi.resetModules())
const { isTooOld } = await import('../../src/lib/plugin-version.ts')

test.each([
  ['1.10.2', false],
  ['1.10.3', false],
  ['1.11', false],
  ['2.0.0', false],
  ['1.10.2-dev', false],
  ['1.10.1', true],
  ['1.9.9', true],
  ['1.10', true],
  ['0.99.99', true],
  ['', false],
  ['unknown', false],
  ['9'.repeat(40), false],
])('a plugin that says %j is too old: %j', (version, expected) => {
  expect(isTooOld(version)).toBe(expected)
})
