import type { TestProject } from 'vitest/node'
import { migrateLocally } from '../../../scripts/api.ts'
import { buildAssets } from '../../../scripts/build.ts'
import { temporaryFolder } from '../../../scripts/lib/paths.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with a migrated local database, to begin a world with. */
    migrated: string
  }
}

/** Once for all files: what every world would make for itself in the same way, at some twelve seconds each. */
export default async function prepare(project: TestProject): Promise<void> {
  const folder = temporaryFolder('e2e-database')
  // two parts of these tests run side by side under `npm test`, which has built what both serve
  const build = process.env['IGNY8_ASSETS'] === 'built' ? Promise.resolve() : buildAssets()
  await Promise.all([build, migrateLocally(folder)])
  project.provide('migrated', folder)
}
