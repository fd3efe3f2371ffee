/** `npm run check:static`: every check that runs no code of the project. All are run; the exit code tells of any that failed. */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'

interface Check {
  name: string
  command: string[]
}

const CHECKS: Check[] = [
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'lint and layers', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types of the Worker', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'types of its tests', command: ['tsc', '-p', 'test/tsconfig.json'] },
  { name: 'types of scripts', command: ['tsc', '-p', 'tsconfig.node.json'] },
  { name: 'types of the web app', command: ['tsc', '-p', 'web/tsconfig.json'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'generated client', command: ['node', 'scripts/client.ts', '--check'] },
]

const run = (command: string[]) => {
  const [program = '', ...args] = command
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return { passed: status === 0, output: `${stdout}${stderr}`.trim() }
}

/** A generated file is checked by making it again elsewhere. */
function checkGenerated(): { passed: boolean; output: string } {
  const fresh = '.cache/worker-configuration.d.ts'
  const { passed, output } = run(['wrangler', 'types', '--include-runtime=false', fresh])
  if (!passed) return { passed, output }
  const body = (path: string) =>
    readFileSync(path, 'utf8').split('\n').slice(2).join('\n').replaceAll('../src/', './src/')
  const isSame = body(fresh) === body('worker-configuration.d.ts')
  rmSync(fresh)
  return { passed: isSame, output: isSame ? '' : 'worker-configuration.d.ts is out of date: npm run types' }
}

let failed = 0
for (const { name, check } of [
  ...CHECKS.map(({ name, command }) => ({ name, check: () => run(command) })),
  { name: 'generated types', check: checkGenerated },
]) {
  const { passed, output } = check()
  console.info(`${passed ? 'ok    ' : 'FAILED'} ${name}`)
  if (passed) continue
  failed++
  console.info(output)
}
console.info(`${CHECKS.length + 1 - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
