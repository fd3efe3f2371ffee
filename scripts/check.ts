/**
 * `npm run check:static`: every check that runs no code of the project. `npm run check` adds the tests that run in Node
 * (`--unit`). As many checks run at once as there are processors; the exit code says whether all passed.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './lib/paths.ts'
import { tryCommand } from './lib/processes.ts'
import { stopEverything } from './lib/shutdown.ts'

interface Result {
  passed: boolean
  output: string
}
interface Check {
  name: string
  run: () => Promise<Result>
}

/**
 * One thread a check: the checks run side by side, and the type checkers do much of the same work again in each further
 * thread. With fewer garbage collections they take a quarter less time and about twice the memory (1.4 GB at most).
 */
const GO = { GOMAXPROCS: '1', GOGC: '400' }

async function run(command: string[], more: Record<string, string> = {}): Promise<Result> {
  const [program = '', ...args] = command
  const PATH = `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}`
  const { code, stdout, stderr } = await tryCommand(program, args, {
    cwd: ROOT,
    env: { ...GO, ...more, PATH, NO_COLOR: '1' },
  })
  return { passed: code === 0, output: `${stdout}${stderr}`.trim() }
}

/** Generates worker-configuration.d.ts again elsewhere and compares the two. */
async function checkGenerated(): Promise<Result> {
  const fresh = '.cache/worker-configuration.d.ts'
  mkdirSync(join(ROOT, '.cache'), { recursive: true })
  const { passed, output } = await run(['wrangler', 'types', '--include-runtime=false', fresh])
  if (!passed) return { passed, output }
  const body = (path: string) =>
    readFileSync(join(ROOT, path), 'utf8').split('\n').slice(2).join('\n').replaceAll('../src/', './src/')
  const isSame = body(fresh) === body('worker-configuration.d.ts')
  rmSync(join(ROOT, fresh))
  return { passed: isSame, output: isSame ? '' : 'worker-configuration.d.ts is out of date: npm run types' }
}

const check = (name: string, command: string[]): Check => ({ name, run: () => run(command) })
/** Types that have not changed since the last check are not checked again. */
function types(name: string, project: string): Check {
  const known = `.cache/types/${project.replaceAll('/', '-')}.tsbuildinfo`
  return check(name, ['tsc', '-p', project, '--singleThreaded', '--incremental', '--tsBuildInfoFile', known])
}

/** The longest first, so that no processor is idle at the end. */
const CHECKS: Check[] = [
  check('lint and layers', ['oxlint', '--type-aware', '--deny-warnings']),
  types('types of scripts', 'tsconfig.node.json'),
  types('types of the tests in workerd', 'test/tsconfig.json'),
  types('types of the web app', 'web/tsconfig.json'),
  types('types of the Worker', 'tsconfig.json'),
  check('dead code', ['knip']),
  { name: 'generated types', run: checkGenerated },
  check('format', ['oxfmt', '--check', '.']),
]
/** With fewer seeds of the simulator than `npm test` has. */
const FEWER = { SIM_SEEDS: '10', SIM_POSTS: '5000' }
const UNIT: Check = { name: 'tests in Node', run: () => run(['vitest', 'run', '--project', 'unit'], FEWER) }

async function main(checks: Check[]): Promise<number> {
  const waiting = [...checks]
  let failed = 0
  async function work(): Promise<void> {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { passed, output } = await next.run()
      console.info(`${passed ? 'ok    ' : 'FAILED'} ${next.name}`)
      if (passed) continue
      failed++
      console.info(output)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  console.info(`${checks.length - failed} passed, ${failed} failed`)
  return failed
}

const failed = await main(process.argv.includes('--unit') ? [UNIT, ...CHECKS] : CHECKS)
await stopEverything()
process.exit(failed === 0 ? 0 : 1)
