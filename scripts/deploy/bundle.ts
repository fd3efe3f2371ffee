import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MODULES_FOLDER } from '../worker-modules.ts'
import { configFile } from './config.ts'
import { known, type Plan, type Progress, type Step } from './state.ts'
import { commandLine, runWrangler } from './wrangler.ts'

/** Versions that this command deploys carry a tag of this form. The platform cuts tags after 25 characters. */
const TAG = /^igny8-[0-9a-f]{16}$/
export const isOwnTag = (tag: string | null) => tag !== null && TAG.test(tag)

/** What the platform gets, file by file: the Worker's modules without maps, the assets, the configuration. */
function hashFiles(folders: string[], config: string): string {
  const hash = createHash('sha256').update(readFileSync(config))
  for (const folder of folders) {
    const files = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile())
    const paths = files.map((entry) => join(entry.parentPath, entry.name)).toSorted()
    for (const path of paths) {
      if (path.endsWith('.map')) continue
      hash.update(`\0${path.slice(folder.length)}\0`).update(readFileSync(path))
    }
  }
  return hash.digest('hex').slice(0, 16)
}

/** Builds assets and Worker. The same code with the same configuration gets the same tag, so it is deployed once. */
export function build(plan: Plan, progress: Progress): Step {
  const { root, build: buildAll } = plan.outside
  return {
    title: 'Build',
    plan: [
      'Build the web app, the plugin and the modules of the Worker, and hash what would be uploaded.',
      `Have wrangler check the configuration: ${commandLine(plan, ['deploy', '--dry-run'])}`,
    ],
    async run() {
      await buildAll(known(progress.plugin, 'The plugin'))
      await runWrangler(plan, progress, ['deploy', '--dry-run'])
      const folders = [join(root, MODULES_FOLDER), join(root, 'public')]
      progress.tag = `igny8-${hashFiles(folders, join(root, configFile(plan.options.environment)))}`
      return progress.tag
    },
  }
}
