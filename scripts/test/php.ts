import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PLUGIN, ROOT, temporaryFolder } from '../lib/paths.ts'
import { tryCommand } from '../lib/processes.ts'
import { PRODUCTS_MU_PLUGIN } from '../wordpress/content.ts'
import { type MariaDb, startMariaDb } from '../wordpress/mariadb.ts'
import { startWordPress } from '../wordpress/native.ts'
import type { WordPressOptions } from '../wordpress/types.ts'
import { NEWEST, STABLE, type WordPressVersion } from '../wordpress/sources.ts'
import { type Outcome, type Suite, readJunitReport } from './suite.ts'

const PLUGIN_FOLDER = join(ROOT, 'plugin')

type Site = {
  version: WordPressVersion
  database: 'sqlite' | 'mariadb'
  permalinks: 'pretty' | 'plain'
  /** False: only the tests of `@group environment`, which depend on WordPress, the database or the permalinks. */
  isWhole: boolean
}

/**
 * The WordPress sites in which the plugin's own tests run: all of them in one, and in each other those that depend on it.
 * WordPress on SQLite and the newest are left to `--nightly`; the end-to-end tests connect such sites every time.
 */
export const PHPUNIT_SITES: Site[] = [
  { version: STABLE, database: 'mariadb', permalinks: 'pretty', isWhole: true },
  { version: '6.1', database: 'mariadb', permalinks: 'plain', isWhole: false },
]
export const NIGHTLY_SITES: Site[] = [
  { version: STABLE, database: 'sqlite', permalinks: 'pretty', isWhole: true },
  { version: '6.1', database: 'sqlite', permalinks: 'pretty', isWhole: true },
  { version: NEWEST, database: 'mariadb', permalinks: 'pretty', isWhole: true },
]

/** Every PHP file of the plugin and its tests. */
export const listPhpFiles = (): string[] =>
  readdirSync(PLUGIN_FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.php'))
    .map((path) => join(PLUGIN_FOLDER, path))

/** `php -l` on every file, with this machine's PHP. */
export const phpSyntaxSuite: Suite = {
  name: 'php syntax',
  run: async () => {
    const results = await Promise.all(listPhpFiles().map((file) => tryCommand('php', ['-n', '-l', file])))
    const bad = results.filter(({ code }) => code !== 0)
    return {
      passed: results.length - bad.length,
      failed: bad.length,
      output: bad.map(({ stdout, stderr }) => stdout + stderr).join(''),
    }
  },
}

type PhpcsReport = { files: Record<string, { errors: number; warnings: number }> }

/** The coding standard, file by file. */
export const phpcsSuite: Suite = {
  name: 'php coding standard',
  run: async () => {
    const report = join(temporaryFolder('phpcs'), 'report.json')
    const args = ['--standard=phpcs.xml.dist', '-s', '--report-full', `--report-json=${report}`]
    const { stdout, stderr } = await tryCommand('phpcs', args, { cwd: PLUGIN_FOLDER })
    if (!existsSync(report)) throw new Error(`phpcs made no report:\n${stdout}${stderr}`)
    const { files } = JSON.parse(readFileSync(report, 'utf8')) as PhpcsReport
    const bad = Object.values(files).filter(({ errors, warnings }) => errors + warnings > 0).length
    return { passed: Object.keys(files).length - bad, failed: bad, output: stdout + stderr }
  },
}

/** The plugin's tests inside one real WordPress. */
export const phpunitSuite = (site: Site, mariaDb: () => Promise<MariaDb>): Suite => ({
  name: `phpunit WordPress ${site.version} ${site.database} ${site.permalinks}`,
  run: async (): Promise<Outcome> => {
    const options: WordPressOptions = {
      version: site.version,
      database: site.database === 'mariadb' ? await mariaDb() : 'sqlite',
      permalinks: site.permalinks,
      plugins: [PLUGIN],
      muPlugins: [PRODUCTS_MU_PLUGIN],
      serve: false,
    }
    const wordpress = await startWordPress(options)
    const own = temporaryFolder('phpunit')
    const log = join(own, 'junit.xml')
    const group = site.isWhole ? [] : ['--group', 'environment']
    const args = ['-c', join(PLUGIN_FOLDER, 'phpunit.xml.dist'), '--colors=never', '--log-junit', log, ...group]
    // some tests look at what is left among temporary files, and another suite's must not be among them
    const env = { IGNY8_WP_ROOT: wordpress.root, TMPDIR: own }
    const result = await tryCommand('phpunit', args, { cwd: PLUGIN_FOLDER, env })
    const output = result.stdout + result.stderr
    if (!existsSync(log)) throw new Error(`phpunit ended with ${result.code} and no log:\n${output}`)
    const outcome = readJunitReport(log, output)
    return result.code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome
  },
})

/** One MariaDB server for all sites, started when the first one asks. */
export function sharedMariaDb(): () => Promise<MariaDb> {
  let started: Promise<MariaDb> | undefined
  return () => (started ??= startMariaDb())
}
