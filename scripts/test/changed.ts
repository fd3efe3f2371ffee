import { tryCommand } from '../lib/processes.ts'
import { ROOT } from '../lib/paths.ts'

/** Words of suite names, and the end-to-end test files to run: all of them, or those whose paths begin with one of these. */
export interface Choice {
  words: Set<string>
  e2e: Set<string>
}

const ALL_E2E = 'test/e2e/'
const WEB_E2E = 'test/e2e/web-'
const JAVASCRIPT = ['vitest unit', 'vitest workers', 'vitest web']
const EVERYTHING = ['lock files', 'static checks', 'vitest', 'php']

/** What a change below a path can break, besides the static checks and the unit tests, which run for every change. The first match counts. */
const RULES: { path: RegExp; words: string[]; e2e?: string }[] = [
  { path: /^docs\/reliability\.md$/, words: [], e2e: 'test/e2e/matrix.test.ts' },
  { path: /^docs\/tutorial/, words: [], e2e: 'test/e2e/tutorial.test.ts' },
  { path: /^web\/test\//, words: ['vitest web'] },
  { path: /^web\//, words: ['vitest web'], e2e: WEB_E2E },
  { path: /^plugin\/(tests|tools|phpcs|phpunit)/, words: ['php'] },
  { path: /^plugin\//, words: ['php'], e2e: ALL_E2E },
  { path: /^(src|migrations|migrations-events)\/|^wrangler\.toml$/, words: JAVASCRIPT, e2e: ALL_E2E },
  { path: /^test\/(routes|services|cron|site\/object)\/|^test\/setup\.ts$/, words: ['vitest workers'] },
  { path: /^test\/(lib|site|contract|tooling|sim)\//, words: [] },
  { path: /^test\/model\//, words: ['vitest workers'] },
  { path: /^test\/support\//, words: ['vitest workers'], e2e: ALL_E2E },
  { path: /^test\/e2e\/[^/]+\.test\.ts$/, words: [], e2e: 'itself' },
  { path: /\.(md|png|svg|txt)$|^LICENSE$|^\.(gitignore|github\/|ci\/)/, words: [] },
  { path: /^(test\/(e2e|fixtures)|bench)\//, words: ['vitest workers'], e2e: ALL_E2E },
]

/** The suites that can tell whether the changes to these files broke something. A path without a rule can break everything. */
export function chooseSuites(files: string[]): Choice {
  const choice: Choice = { words: new Set(), e2e: new Set() }
  for (const file of files) {
    const { words, e2e } = RULES.find(({ path }) => path.test(file)) ?? { words: EVERYTHING, e2e: ALL_E2E }
    for (const word of ['static checks', 'vitest unit', ...words]) choice.words.add(word)
    if (e2e) choice.e2e.add(e2e === 'itself' ? file : e2e)
  }
  if (choice.e2e.size > 0) choice.words.add('vitest e2e')
  return choice
}

const git = async (...args: string[]): Promise<string[] | null> => {
  const { code, stdout } = await tryCommand('git', args, { cwd: ROOT })
  return code === 0 ? stdout.split('\n').filter((line) => line !== '') : null
}

/** Files that differ from `ref`, new ones included. Without `ref`: from where this branch left origin/main, else from HEAD. */
export async function listChanges(ref?: string): Promise<string[]> {
  const base = ref ?? (await git('merge-base', 'HEAD', 'origin/main'))?.[0] ?? 'HEAD'
  const [changed, added] = [
    await git('diff', '--name-only', '--no-renames', base),
    await git('ls-files', '--others', '--exclude-standard'),
  ]
  if (changed === null || added === null) throw new Error(`git knows no commit ${base} to compare with`)
  return [...new Set([...changed, ...added])]
}
