import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { unstable_getMiniflareWorkerOptions as readWorkerOptions } from 'wrangler'
import { migrateLocally } from '../../../scripts/api.ts'
import { buildAssets } from '../../../scripts/build.ts'
import { NODE, ROOT, temporaryFolder, WRANGLER } from '../../../scripts/lib/paths.ts'
import { runCommand } from '../../../scripts/lib/processes.ts'
import type { BuiltWorker } from './api.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with a migrated local database, to begin a world with. */
    migrated: string
    /** The API's Worker, bundled. */
    worker: BuiltWorker
  }
}

/** Bundles the Worker into a folder, once for all worlds: `wrangler dev` would bundle it again for each of them. */
async function buildWorker(folder: string): Promise<BuiltWorker> {
  const out = join(folder, 'worker')
  const env = { WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true', WRANGLER_LOG_PATH: folder }
  await runCommand(NODE, [WRANGLER, 'deploy', '--dry-run', '--outdir', out], { cwd: ROOT, env })
  const { workerOptions } = readWorkerOptions(join(ROOT, 'wrangler.toml'))
  const { modulesRules: _, ...options } = workerOptions
  return { file: join(out, 'index.js'), options: options as unknown as BuiltWorker['options'] }
}

/** Makes once what every world begins with: the static assets, the bundled Worker and a migrated database. */
export default async function prepare(project: TestProject): Promise<void> {
  const [folder, bundle] = [temporaryFolder('e2e-database'), temporaryFolder('e2e-worker')]
  // `npm test` has built the assets already
  const assets = process.env['IGNY8_ASSETS'] === 'built' ? Promise.resolve() : buildAssets()
  const [worker] = await Promise.all([assets.then(() => buildWorker(bundle)), migrateLocally(folder)])
  project.provide('migrated', folder)
  project.provide('worker', worker)
}
