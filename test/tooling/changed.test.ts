import { describe, expect, test } from 'vitest'
import { chooseSuites } from '../../scripts/test/changed.ts'

const chosen = (...files: string[]) => {
  const { words, e2e } = chooseSuites(files)
  return { words: [...words].toSorted(), e2e: [...e2e] }
}
const ALWAYS = ['static checks', 'vitest unit']

describe('npm test -- --changed', () => {
  test.each([
    ['src/site/runs/runner.ts', ['vitest e2e', 'vitest web', 'vitest workers'], 'test/e2e/'],
    ['migrations/0001_next.sql', ['vitest e2e', 'vitest web', 'vitest workers'], 'test/e2e/'],
    ['plugin/igny8-wordpress-bridge/includes/Plugin.php', ['php', 'vitest e2e'], 'test/e2e/'],
    ['plugin/igny8-wordpress-bridge/readme.txt', ['php', 'vitest e2e'], 'test/e2e/'],
    ['plugin/tests/Http_Test.php', ['php'], undefined],
    ['web/src/pages/sites.tsx', ['vitest e2e', 'vitest web'], 'test/e2e/web-'],
    ['web/test/i18n.test.ts', ['vitest web'], undefined],
    ['test/routes/sites.test.ts', ['vitest workers'], undefined],
    ['test/model/serve.ts', ['vitest workers'], undefined],
    ['test/sim/world.ts', [], undefined],
    ['test/e2e/sync.test.ts', ['vitest e2e'], 'test/e2e/sync.test.ts'],
    ['test/e2e/support/world.ts', ['vitest e2e', 'vitest workers'], 'test/e2e/'],
    ['docs/protocol.md', [], undefined],
    ['docs/reliability.md', ['vitest e2e'], 'test/e2e/matrix.test.ts'],
  ])('after a change of %s runs %j', (file, words, e2e) => {
    expect(chosen(file)).toEqual({ words: [...ALWAYS, ...words].toSorted(), e2e: e2e ? [e2e] : [] })
  })

  test('runs everything after a change that it has no rule for', () => {
    for (const file of ['package-lock.json', 'scripts/wordpress/prepare.ts', 'vitest.config.ts', 'something/new.ts'])
      expect(chosen(file)).toMatchObject({
        words: expect.arrayContaining(['lock files', 'php', 'vitest']),
        e2e: ['test/e2e/'],
      })
  })

  test('runs for several changes what each of them needs', () => {
    expect(chosen('docs/api.md', 'plugin/tests/Http_Test.php', 'web/test/i18n.test.ts')).toEqual({
      words: [...ALWAYS, 'php', 'vitest web'].toSorted(),
      e2e: [],
    })
  })
})
