/**
 * `npm run deploy`: brings the Worker out, from nothing or over what runs. `-- --env staging`, `-- --dry-run`,
 * `-- gradual --share 10`, `-- rollback`: docs/operations.md.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { buildAssets } from './build.ts'
import { DeployError } from './deploy/errors.ts'
import { readOptions } from './deploy/options.ts'
import { runDeploy } from './deploy/run.ts'
import { WITHHELD } from './deploy/wrangler.ts'
import { ROOT } from './lib/paths.ts'
import { tryCommand } from './lib/processes.ts'
import { stopEverything } from './lib/shutdown.ts'
import { buildWorkerModules } from './worker-modules.ts'

const env = { ...process.env }
// what builds and uploads inherits the environment, and none of it needs keys and secrets
for (const name of WITHHELD) delete process.env[name]

try {
  await runDeploy(readOptions(process.argv.slice(2)), {
    root: ROOT,
    env,
    fetch: (input, init) => fetch(input, init),
    print: (line) => console.log(line),
    sleep: (ms) => pause(ms),
    command: tryCommand,
    build: async (plugin) => {
      await buildAssets(plugin())
      await buildWorkerModules()
    },
  })
} catch (error) {
  if (!(error instanceof DeployError)) throw error
  console.error(`✗ ${error.message}`)
  process.exitCode = 1
}
await stopEverything()
