import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readmeNotes, readUnreleased, releaseChangelog, releaseReadme } from '../../scripts/release/notes.ts'
import { PLACES, readVersions } from '../../scripts/release/places.ts'
import { compareVersions, isVersion } from '../../scripts/release/version.ts'
import { RELEASE } from '../../src/contract/release.ts'

const NEXT = '9.8.7'

test('package, lock file, API, plugin and readme name the same version', () => {
  expect(readVersions('.')).toEqual(PLACES.map(({ name }) => ({ name, version: RELEASE })))
})

test('versions are ordered by their numbers', () => {
  expect(['0.10.0', '0.9.9', '1.0.0', '0.9.10'].toSorted(compareVersions)).toEqual([
    '0.9.9',
    '0.9.10',
    '0.10.0',
    '1.0.0',
  ])
  expect(['1.2.3', '1.2', 'v1.2.3', '1.02.3', '1.2.3-rc.1', ''].filter(isVersion)).toEqual(['1.2.3'])
})

describe('notes', () => {
  const changelog = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- One.\n\n## [1.0.0] - 2026-01-01\n\n- Old.\n'

  test('entries of Unreleased come under the version, and Unreleased stays', () => {
    expect(readUnreleased(changelog)).toBe('### Added\n\n- One.')
    expect(releaseChangelog(changelog, '1.1.0', '2026-02-03')).toBe(
      '# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-02-03\n\n### Added\n\n- One.\n\n## [1.0.0] - 2026-01-01\n\n- Old.\n',
    )
  })

  test('a heading without entries is empty', () => {
    expect(readUnreleased('## [Unreleased]\n\n### Added\n\n## [1.0.0]\n\n- Old.\n')).toBe('')
    expect(readUnreleased('## [Unreleased]\n')).toBe('')
  })

  test('readme.txt has a section per version, with what changed in the plugin or that nothing did', () => {
    const readme =
      '== Changelog ==\n\n= Unreleased =\n* One.\n* Two.\n\n= 1.0.0 =\n* Old.\n\n== Upgrade Notice ==\n\n= 1.0.0 =\n* Not this.\n'
    const released = releaseReadme(readme, '1.1.0')
    expect(readmeNotes(released, '1.1.0')).toEqual(['One.', 'Two.'])
    expect(readmeNotes(released, '1.0.0')).toEqual(['Old.'])
    expect(readmeNotes(releaseReadme(released, '1.2.0'), '1.2.0')).toEqual(['Nothing has changed in the plugin.'])
    expect(readmeNotes(readFileSync('plugin/igny8-wordpress-bridge/readme.txt', 'utf8'), RELEASE)).not.toEqual([])
  })
})

/** A repository with what this checkout has, committed. */
let clone = ''
const git = (...args: string[]) => execFileSync('git', args, { cwd: clone, encoding: 'utf8' }).trim()
const release = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'scripts/release.ts', ...args],
    { cwd: clone, encoding: 'utf8' },
  )
  return { status, text: stdout + stderr }
}
const read = (path: string) => readFileSync(join(clone, path), 'utf8')
const state = () => [git('rev-parse', 'HEAD'), git('status', '--porcelain'), git('tag')]

/** The refusals need no build, and the release itself needs only what is built; the rest of the tests stays here. */
const isNeeded = (path: string) => !/^(?:test|docs|bench|web)\//.test(path)

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'igny8-release-'))
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' }).split('\n')
  for (const path of files.filter((path) => isNeeded(path) && existsSync(path))) {
    mkdirSync(join(clone, dirname(path)), { recursive: true })
    copyFileSync(path, join(clone, path))
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(clone, 'node_modules'))
  writeFileSync(join(clone, '.gitignore'), `${read('.gitignore')}/node_modules\n`)
  git('init', '--quiet', '--initial-branch', 'main')
  git('config', 'user.name', 'Ada')
  git('config', 'user.email', 'ada@example.com')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'As it is here')
})
afterAll(() => rmSync(clone, { recursive: true, force: true }))

describe('npm run release', () => {
  test.each([
    ['no version', [], 'npm run release -- X.Y.Z'],
    ['a word', ['next'], 'next is no version'],
    ['the version that there is', [RELEASE], `${RELEASE} is not larger than ${RELEASE}`],
    ['a smaller one', ['0.1.9'], `0.1.9 is not larger than ${RELEASE}`],
  ])('refuses %s', (_, args, text) => {
    const before = state()
    expect(release(...args)).toEqual({ status: 1, text: expect.stringContaining(text) })
    expect(state()).toEqual(before)
  })

  test('refuses a version that is not larger than a tag', () => {
    git('tag', 'v9.8.7')
    expect(release(NEXT)).toEqual({ status: 1, text: expect.stringContaining('9.8.7 is not larger than 9.8.7') })
    git('tag', '--delete', 'v9.8.7')
  })

  test('refuses a tree with changes', () => {
    writeFileSync(join(clone, 'new.txt'), 'x')
    expect(release(NEXT)).toEqual({ status: 1, text: expect.stringContaining('?? new.txt') })
    rmSync(join(clone, 'new.txt'))
  })

  test('refuses to release nothing', () => {
    const changelog = read('CHANGELOG.md')
    writeFileSync(join(clone, 'CHANGELOG.md'), changelog.replace(/## \[Unreleased\][\s\S]*/, '## [Unreleased]\n'))
    git('commit', '--quiet', '--all', '--message', 'Nothing to say')
    expect(release(NEXT)).toEqual({ status: 1, text: expect.stringContaining('nothing to release') })
    git('reset', '--quiet', '--hard', 'HEAD~1')
  })

  test('refuses where the places differ', () => {
    writeFileSync(join(clone, 'src/contract/release.ts'), "export const RELEASE = '0.0.1'\n")
    git('commit', '--quiet', '--all', '--message', 'One place alone')
    expect(release(NEXT)).toEqual({ status: 1, text: expect.stringContaining('the API has 0.0.1') })
    git('reset', '--quiet', '--hard', 'HEAD~1')
  })

  test('says with --dry-run what it would do, and does nothing', () => {
    const before = state()
    const { status, text } = release(NEXT, '--dry-run')
    expect(status).toBe(0)
    expect(text).toMatch(
      /Write 9\.8\.7 to 7 places[\s\S]*Unreleased become[\s\S]*git tag v9\.8\.7[\s\S]*Nothing was done/,
    )
    expect(state()).toEqual(before)
  })

  test('leaves nothing where the release can’t be kept', () => {
    const before = state()
    writeFileSync(join(clone, 'scripts/plugin-zip.ts'), "throw new Error('no zip')\n")
    git('commit', '--quiet', '--all', '--message', 'Does not build')
    const broken = state()
    expect(release(NEXT)).toMatchObject({ status: 1, text: expect.stringContaining('nothing has changed') })
    expect(state()).toEqual(broken)
    git('reset', '--quiet', '--hard', before[0] ?? '')
  })

  test('writes the version everywhere, moves the changelog, commits, tags and keeps', { timeout: 120_000 }, () => {
    const [before = ''] = state()
    const changelog = read('CHANGELOG.md')
    const { status, text } = release(NEXT)
    expect(text).toContain('✓ v9.8.7 is committed, tagged and kept')
    expect(status).toBe(0)
    expect(readVersions(clone).map(({ version }) => version)).toEqual(PLACES.map(() => NEXT))
    expect(git('log', '--format=%s', `${before}..HEAD`).split('\n')).toEqual([
      `Keep release ${NEXT}`,
      `Release ${NEXT}`,
    ])
    expect([git('rev-parse', 'v9.8.7^{commit}'), git('cat-file', '-t', 'v9.8.7')]).toEqual([
      git('rev-parse', 'HEAD~1'),
      'tag',
    ])
    expect(git('status', '--porcelain')).toBe('')
    const today = new Date().toISOString().slice(0, 10)
    expect(read('CHANGELOG.md')).toContain(`## [Unreleased]\n\n## [${NEXT}] - ${today}\n\n${readUnreleased(changelog)}`)
    expect(readUnreleased(read('CHANGELOG.md'))).toBe('')
    const folder = join(clone, 'test/fixtures/releases', NEXT)
    expect(readdirSync(folder).toSorted()).toEqual(['plugin.zip', 'release.json', 'worker.js.br'])
    expect(JSON.parse(readFileSync(join(folder, 'release.json'), 'utf8'))).toMatchObject({
      version: NEXT,
      commit: git('rev-parse', 'HEAD~1'),
    })
    const zip = unzipSync(readFileSync(join(folder, 'plugin.zip')))
    const main = new TextDecoder().decode(zip['igny8-wordpress-bridge/igny8-wordpress-bridge.php'])
    expect(main).toContain(`define( 'IGNY8_BRIDGE_VERSION', '${NEXT}' );`)
    // nothing was added since: the same version again, and a further one, are refused
    expect(release(NEXT).text).toContain('is not larger')
    expect(release('9.9.0').text).toContain('nothing to release')
  })
})
