/**
 * `npm run release -- 1.2.3`: writes the version everywhere, moves the section Unreleased of CHANGELOG.md under it, commits
 * and tags that, and keeps the release for the tests of the next one (scripts/keep-release.ts) in a second commit. `--dry-run`
 * says what it would do. A run that fails leaves the branch as it was. CONTRIBUTING.md has what comes before and after.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { NODE, PLUGIN, ROOT } from './lib/paths.ts'
import { releaseChangelog, releaseReadme, readUnreleased } from './release/notes.ts'
import { PLACES, readVersions, writeVersion } from './release/places.ts'
import { compareVersions, isVersion } from './release/version.ts'

const USAGE = 'npm run release -- X.Y.Z [--dry-run]'
const CHANGELOG = join(ROOT, 'CHANGELOG.md')
const README = join(PLUGIN, 'readme.txt')

class Refusal extends Error {}

const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()

/** The version that all places have. */
function currentVersion(): string {
  const places = readVersions(ROOT)
  const versions = [...new Set(places.map(({ version }) => version))]
  const [version] = versions
  if (versions.length !== 1 || !version)
    throw new Refusal(
      `The places differ: ${places.map(({ name, version: has }) => `${name} has ${has}`).join(', ')}. Make them equal.`,
    )
  return version
}

/** @throws Refusal if this version can't be released from this checkout */
function check(version: string): void {
  if (!isVersion(version)) throw new Refusal(`${version || 'Nothing'} is no version. ${USAGE}`)
  const changed = git('status', '--porcelain')
  if (changed !== '') throw new Refusal(`There are changes that aren't committed:\n${changed}`)
  const released = [
    currentVersion(),
    ...git('tag', '--list', 'v*')
      .split('\n')
      .map((tag) => tag.slice(1)),
  ]
  const newest = released.filter(isVersion).toSorted(compareVersions).at(-1) ?? ''
  if (compareVersions(version, newest) <= 0) throw new Refusal(`${version} is not larger than ${newest}.`)
  if (readUnreleased(readFileSync(CHANGELOG, 'utf8')) === '')
    throw new Refusal('The section Unreleased of CHANGELOG.md has no entries: there is nothing to release.')
}

function showPlan(version: string, date: string): void {
  const entries = readUnreleased(readFileSync(CHANGELOG, 'utf8')).match(/^[-*] /gm)?.length ?? 0
  const lines = [
    `Write ${version} to ${PLACES.length} places: ${[...new Set(PLACES.map(({ path }) => path))].join(', ')}.`,
    `CHANGELOG.md: the ${entries} entries of Unreleased become “[${version}] - ${date}”.`,
    `${README.slice(ROOT.length + 1)}: “= Unreleased =” becomes “= ${version} =”.`,
    `git commit -m "Release ${version}", git tag v${version}`,
    `Build Worker and plugin of v${version} into test/fixtures/releases/${version}, git commit -m "Keep release ${version}"`,
  ]
  for (const [index, line] of lines.entries()) console.log(`${index + 1}. ${line}`)
  console.log('Nothing was done: this is what a run would do.')
}

function write(version: string, date: string): void {
  writeVersion(ROOT, version)
  writeFileSync(CHANGELOG, releaseChangelog(readFileSync(CHANGELOG, 'utf8'), version, date))
  writeFileSync(README, releaseReadme(readFileSync(README, 'utf8'), version))
}

function release(version: string, date: string): void {
  const before = git('rev-parse', 'HEAD')
  const tag = `v${version}`
  try {
    write(version, date)
    git('commit', '--all', '--message', `Release ${version}`)
    git('tag', '--annotate', tag, '--message', `Release ${version}`)
    execFileSync(NODE, ['--disable-warning=ExperimentalWarning', 'scripts/keep-release.ts', tag], {
      cwd: ROOT,
      stdio: 'inherit',
    })
    git('add', `test/fixtures/releases/${version}`)
    git('commit', '--message', `Keep release ${version}`)
  } catch (cause) {
    // the tree was clean before, so nothing of anybody else is lost
    git('reset', '--hard', '--quiet', before)
    if (git('tag', '--list', tag) !== '') git('tag', '--delete', tag)
    throw new Error(`${version} was not released, and nothing has changed`, { cause })
  }
}

try {
  const { values, positionals } = parseArgs({
    options: { 'dry-run': { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [version = ''] = positionals
  if (positionals.length !== 1) throw new Refusal(USAGE)
  check(version)
  const date = new Date().toISOString().slice(0, 10)
  if (values['dry-run']) showPlan(version, date)
  else {
    release(version, date)
    console.log(`✓ v${version} is committed, tagged and kept. Next: git push --follow-tags, npm run deploy`)
  }
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(`✗ ${error.message}`)
  process.exitCode = 1
}
