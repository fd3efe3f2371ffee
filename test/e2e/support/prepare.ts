import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { unstable_getMiniflareWorkerOptions as readWorkerOptions } from 'wrangler'
import { migrateLocally } from '../../../scripts/api.ts'
import { buildAssets } from '../../../scripts/build.ts'
import { ROOT, temporaryFolder } from '../../../scripts/lib/paths.ts'
import { buildWorkerModules } from '../../../scripts/worker-modules.ts'
import type { BuiltWorker } from './api.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with a migrated local database, to begin a world with. */
    migrated: string
    /** The API's Worker, built. */
    worker: BuiltWorker
  }
}

/** Builds the Worker's modules into a folder, once for all worlds: `wrangler dev` would bundle it again for each. */
export async function buildWorker(folder: string): Promise<BuiltWorker> {
  await buildWorkerModules(folder)
  const { workerOptions } = readWorkerOptions(join(ROOT, 'wrangler.toml'))
  const { modulesRules: _, ...options } = workerOptions
  return { folder, options: options as unknown as BuiltWorker['options'] }
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
