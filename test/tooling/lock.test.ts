import { describe, expect, test } from 'vitest'
import { addPlatforms, listUnchecked, listUndecidedScripts, type Lock } from '../../scripts/lib/lock.ts'

const CHECKSUM = 'sha512-n4KqkOQrraxHJcgjM1RvwbigfQKIKJVpM7xp+KsxiyUSrRdIXnt73VhrPAx0fV44hgfmIVKjxMN9J1t5jySVkw=='

const lock = (packages: Lock['packages']): Lock => ({ packages: { '': {}, ...packages } })

describe('a lock file', () => {
  test('without a checksum, or with a weak one, names the package', () => {
    const packages = {
      'node_modules/a': { version: '1.0.0', integrity: CHECKSUM },
      'node_modules/b': { version: '1.0.0' },
      'node_modules/a/node_modules/@c/d': { version: '1.0.0', integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' },
      'node_modules/linked': { link: true },
    }
    expect(listUnchecked(lock(packages))).toEqual(['node_modules/b', 'node_modules/a/node_modules/@c/d'])
  })

  test('with an install script about which nobody has decided names the package once', () => {
    const script = { version: '1.0.0', integrity: CHECKSUM, hasInstallScript: true }
    const packages = {
      'node_modules/yes': script,
      'node_modules/no': script,
      'node_modules/@new/one': script,
      'node_modules/yes/node_modules/@new/one': script,
    }
    expect(listUndecidedScripts(lock(packages), { allowScripts: { yes: true, no: false } })).toEqual(['@new/one'])
    expect(listUndecidedScripts(lock(packages), {})).toEqual(['yes', 'no', '@new/one'])
  })

  test('without the packages of other platforms gets them, each for its own platform', () => {
    const own = { version: '1.0.0', optionalDependencies: { 'own-linux-x64': '1.0.0', 'own-windows-64': '1.0.0' } }
    const file = lock({ 'node_modules/own': own, 'node_modules/own-linux-x64': { version: '1.0.0' } })
    expect(addPlatforms(file)).toBe(1)
    expect(file.packages['node_modules/own-windows-64']).toMatchObject({ optional: true, os: ['win32'], cpu: ['x64'] })
    expect(addPlatforms(file)).toBe(0)
  })
})
