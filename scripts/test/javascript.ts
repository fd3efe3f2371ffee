import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { NODE, ROOT, temporaryFolder } from '../lib/paths.ts'
import { tryCommand } from '../lib/processes.ts'
import { type Outcome, type Suite, readVitestReport } from './suite.ts'

const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs')

/** The lock files install everywhere. */
export const lockSuite: Suite = { name: 'lock files', run: () => runScript('complete-lock.ts', ['--check']) }

/** Format, lint, layers, types, dead code and generated files. */
export const staticSuite: Suite = { name: 'static checks', run: () => runScript('check.ts', []) }

/** One project of vitest.config.ts. `files` are beginnings of paths; without any all of the project's files run. */
export function vitestSuite(project: string, files: string[] = []): Suite {
  return {
    name: `vitest ${project}`,
    run: async () => {
      const file = join(temporaryFolder('vitest'), 'report.json')
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
      const args = [VITEST, 'run', '--project', project, ...reporters, ...files]
      const { code, stdout, stderr } = await tryCommand(NODE, args, {
        cwd: ROOT,
        env: { NO_COLOR: '1', IGNY8_ASSETS: 'built' },
      })
      if (!existsSync(file)) throw new Error(`vitest ended with ${code} and no report:\n${stdout}${stderr}`)
      const outcome = readVitestReport(file, stdout + stderr)
      return code !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome
    },
  }
}

/** Two minutes of `npm run soak`: that all of it works, and that nothing is lost. It takes an hour to show what grows. */
export const soakSuite: Suite = { name: 'soak', run: () => runScript('../bench/soak/index.ts', ['--minutes', '2']) }

/** Runs a script with the tools of node_modules on its path, and counts by its last line, "N passed, N failed", if it has one. */
async function runScript(script: string, args: string[]): Promise<Outcome> {
  const path = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`
  const options = { cwd: ROOT, env: { PATH: path, NO_COLOR: '1' } }
  const { code, stdout, stderr } = await tryCommand(NODE, [join(ROOT, 'scripts', script), ...args], options)
  const counted = /(\d+) passed, (\d+) failed\s*$/.exec(stdout)
  const output = stdout + stderr
  if (code === 0) return { passed: Number(counted?.[1] ?? 1), failed: 0, output }
  return { passed: Number(counted?.[1] ?? 0), failed: Math.max(1, Number(counted?.[2] ?? 1)), output }
}
