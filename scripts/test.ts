/**
 * `npm test`: everything, with what it needs set up first. `npm test -- unit phpunit` runs the suites whose names hold a word;
 * `--changed` those that the changes since origin/main can break (`--since REF`: since another commit); `--nightly` everything
 * with more seeds, requests and posts, and all PHP tests on every WordPress.
 */
import { parseArgs } from 'node:util'
import { buildAssets } from './build.ts'
import { ensureChromium } from './lib/chromium.ts'
import { elapsed, formatDuration, step } from './lib/progress.ts'
import { isShuttingDown, stopEverything } from './lib/shutdown.ts'
import { chooseSuites, listChanges } from './test/changed.ts'
import { lockSuite, soakSuite, staticSuite, vitestSuite } from './test/javascript.ts'
import { keepTemporaryFilesInMemory } from './test/memory.ts'
import { NIGHTLY_SITES, PHPUNIT_SITES, phpSyntaxSuite, phpcsSuite, phpunitSuite, sharedMariaDb } from './test/php.ts'
import { phpVersionsSuite } from './test/php-versions.ts'
import { type Outcome, type Suite, findNeverRun, runSuite } from './test/suite.ts'
import { PHP_TEST_PACKAGES, WEB_PACKAGES, WORDPRESS_PACKAGES, installPackages } from './wordpress/packages.ts'
import { ensureSources } from './wordpress/sources.ts'

const { values, positionals } = parseArgs({
  options: {
    changed: { type: 'boolean', default: false },
    since: { type: 'string' },
    nightly: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})

/**
 * What `--nightly` has more of: seeds of the simulator, posts in the drift check, requests of the fuzz test, arbitrary
 * content, texts for the test of linear time, servers in front of a site, wrangler itself in the deployment. And it soaks.
 */
const NIGHTLY = {
  SIM_SEEDS: '2000',
  SIM_POSTS: '100000',
  FUZZ_REQUESTS: '20000',
  ANY_CONTENT_RUNS: '300',
  LINEAR_RUNS: '15',
  MATRIX: 'whole',
  DEPLOY: 'whole',
}
if (values.nightly) Object.assign(process.env, NIGHTLY)

const mariaDb = sharedMariaDb()

const phpunitSites = values.nightly
  ? [...PHPUNIT_SITES.map((site) => ({ ...site, isWhole: true })), ...NIGHTLY_SITES]
  : PHPUNIT_SITES

/** All suites, the longest first. */
const suitesFor = (e2eFiles: string[]): Suite[] => [
  vitestSuite('e2e', e2eFiles),
  vitestSuite('workers'),
  ...phpunitSites.map((site) => phpunitSuite(site, mariaDb)),
  vitestSuite('web'),
  staticSuite,
  vitestSuite('unit'),
  phpVersionsSuite,
  phpSyntaxSuite,
  phpcsSuite,
  lockSuite,
  ...(values.nightly ? [soakSuite] : []),
]
/** Suites that run at once: one more than two cores, because the end-to-end tests wait a good part of their time. */
const LANES = 3

const needsPhp = ({ name }: Suite) => /php|e2e/.test(name)

async function prepare(suites: Suite[]): Promise<void> {
  keepTemporaryFilesInMemory()
  await step('Static assets and plugin zip', () => buildAssets())
  if (!suites.some(needsPhp)) return
  const isE2e = suites.some(({ name }) => name.includes('e2e'))
  const packages = [...WORDPRESS_PACKAGES, ...PHP_TEST_PACKAGES, ...(isE2e ? WEB_PACKAGES : [])]
  await step('PHP, MariaDB, web servers and the tools for PHP tests', () => installPackages(packages))
  if (isE2e) await step('Chromium', () => ensureChromium())
  const versions = [...new Set([...PHPUNIT_SITES, ...NIGHTLY_SITES].map(({ version }) => version))]
  await step(`WordPress ${versions.join(', ')}`, async () => {
    for (const version of versions) await ensureSources(version)
  })
}

async function runAll(suites: Suite[]): Promise<Outcome[]> {
  const waiting = [...suites]
  const outcomes: Outcome[] = []
  async function runLane(): Promise<void> {
    for (let suite = waiting.shift(); suite; suite = waiting.shift()) outcomes.push(await runSuite(suite))
  }
  await Promise.all(Array.from({ length: LANES }, runLane))
  return outcomes
}

const isByChange = values.changed || values.since !== undefined

/** The suites to run: those that a change can break, or all; of them those whose names hold one of the words. */
async function selectSuites(words: string[]): Promise<Suite[]> {
  if (!isByChange) return filterSuites(suitesFor([]), words)
  const files = await listChanges(values.since)
  const choice = chooseSuites(files)
  console.log(`${files.length} files have changed`)
  return files.length === 0 ? [] : filterSuites(filterSuites(suitesFor([...choice.e2e]), [...choice.words]), words)
}

const filterSuites = (suites: Suite[], words: string[]): Suite[] =>
  words.length === 0 ? suites : suites.filter(({ name }) => words.some((word) => name.includes(word)))

async function main(words: string[]): Promise<number> {
  const suites = await selectSuites(words)
  if (suites.length === 0) {
    const isMistyped = words.length > 0 && !isByChange
    console.log(isMistyped ? `No suite has one of these words in its name: ${words.join(', ')}` : 'Nothing to run')
    console.log(`0 passed, ${isMistyped ? 1 : 0} failed`)
    return isMistyped ? 1 : 0
  }
  await prepare(suites)
  const outcomes = await runAll(suites)
  const neverRun = isWhole(suites) ? findNeverRun(outcomes) : []
  for (const name of neverRun) console.log(`FAILED ${name} was skipped in every suite`)
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, neverRun.length)
  console.log(`\n${suites.length} suites in ${formatDuration(elapsed())}`)
  console.log(`${passed} passed, ${failed} failed`)
  return failed > 0 || passed === 0 ? 1 : 0
}

/** True if every PHPUnit suite runs: a test that one of them skips must run in another. */
const isWhole = (suites: Suite[]): boolean =>
  suites.filter(({ name }) => name.startsWith('phpunit')).length === phpunitSites.length

try {
  const code = await main(positionals)
  await stopEverything()
  process.exit(code)
} catch (error) {
  if (!isShuttingDown()) {
    console.error(`✗ ${error instanceof Error ? error.message : String(error)}`)
    console.log('0 passed, 1 failed')
    await stopEverything()
    process.exit(1)
  }
}
