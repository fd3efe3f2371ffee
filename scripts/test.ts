// npm test: everything, with what it needs set up first. `npm test -- unit phpunit` runs the suites whose names hold a word.
import { buildAssets } from './build.ts'
import { ensureChromium } from './lib/chromium.ts'
import { elapsed, formatDuration, step } from './lib/progress.ts'
import { isShuttingDown, stopEverything } from './lib/shutdown.ts'
import { lockSuite, staticSuite, vitestSuite } from './test/javascript.ts'
import { PHPUNIT_SITES, phpSyntaxSuite, phpcsSuite, phpunitSuite, sharedMariaDb } from './test/php.ts'
import { phpVersionsSuite } from './test/php-versions.ts'
import { type Outcome, type Suite, findNeverRun, runSuite } from './test/suite.ts'
import { PHP_TEST_PACKAGES, WORDPRESS_PACKAGES, installPackages } from './wordpress/packages.ts'
import { ensureSources } from './wordpress/sources.ts'

const mariaDb = sharedMariaDb()
const phpunitLane = (lane: 0 | 1) =>
  PHPUNIT_SITES.filter((_, index) => index % 2 === lane).map((site) => phpunitSuite(site, mariaDb))

/**
 * What runs when: stages one after the other, the lanes of a stage side by side, the suites of a lane in their order. Most suites
 * use one core, and wait a good part of their time. Each file of the end-to-end tests has its own API, WordPress and ports.
 */
const STAGES: Suite[][][] = [
  [
    [lockSuite, staticSuite, vitestSuite('unit'), vitestSuite('web'), phpSyntaxSuite, phpcsSuite],
    [vitestSuite('workers')],
  ],
  [[phpVersionsSuite, ...phpunitLane(1)], phpunitLane(0)],
  [
    [vitestSuite('e2e', { name: 'web', args: ['test/e2e/web-'] })],
    [vitestSuite('e2e', { name: 'api', args: ['--exclude', 'test/e2e/web-*'] })],
  ],
]

const needsPhp = ({ name }: Suite) => /php|e2e/.test(name)

async function prepare(suites: Suite[]): Promise<void> {
  await step('Static assets and plugin zip', () => buildAssets())
  if (!suites.some(needsPhp)) return
  const packages = [...WORDPRESS_PACKAGES, ...PHP_TEST_PACKAGES]
  await step('PHP, MariaDB and the tools for PHP tests', () => installPackages(packages))
  if (suites.some(({ name }) => name.includes('e2e'))) await step('Chromium', () => ensureChromium())
  const versions = [...new Set(PHPUNIT_SITES.map(({ version }) => version))]
  await step(`WordPress ${versions.join(', ')}`, async () => {
    for (const version of versions) await ensureSources(version)
  })
}

async function runLane(suites: Suite[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const suite of suites) outcomes.push(await runSuite(suite))
  return outcomes
}

async function main(words: string[]): Promise<number> {
  const isWanted = ({ name }: Suite) => words.length === 0 || words.some((word) => name.includes(word))
  const stages = STAGES.map((lanes) => lanes.map((lane) => lane.filter(isWanted)))
  const suites = stages.flat(2)
  await prepare(suites)
  const outcomes: Outcome[] = []
  for (const lanes of stages) outcomes.push(...(await Promise.all(lanes.map(runLane))).flat())
  const neverRun = words.length === 0 ? findNeverRun(outcomes) : []
  for (const name of neverRun) console.log(`FAILED ${name} was skipped in every suite`)
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, neverRun.length)
  if (suites.length === 0) console.log(`No suite has one of these words in its name: ${words.join(', ')}`)
  console.log(`\n${suites.length} suites in ${formatDuration(elapsed())}`)
  console.log(`${passed} passed, ${failed} failed`)
  return failed > 0 || passed === 0 ? 1 : 0
}

try {
  const code = await main(process.argv.slice(2))
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
