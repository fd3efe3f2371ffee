// npm run build: puts the files that the Worker serves besides its answers into `public/`.
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { cacheFolder, NODE, ROOT } from './lib/paths.ts'
import { runCommand } from './lib/processes.ts'
import { replaceFile } from './lib/replace-file.ts'
import { unlessUnchanged } from './lib/unchanged.ts'
import { publishUnbound, type Served, writeServed } from './plugin/publish.ts'

const REFERENCE = 'public/reference'

/** Building the web app takes ten seconds, and every start would wait for it. */
const WEB = {
  stamp: join(cacheFolder(), 'web-built'),
  inputs: ['web', 'src', 'package-lock.json', 'tsconfig.json'],
  outputs: ['public/index.html', 'public/assets', 'public/service-worker.js'],
}

/** The viewer of the API's document. */
function copyReference(): void {
  const viewer = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js'])
    replaceFile(join(ROOT, REFERENCE, name), readFileSync(join(viewer, name)))
}

/**
 * The web app. Files of an older build go: their names hold a hash, so they would gather for ever. In a process of its own: a
 * build sets NODE_ENV, which everything started after it would inherit.
 */
async function buildWeb(): Promise<void> {
  rmSync(join(ROOT, 'public/assets'), { recursive: true, force: true })
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js')
  const args = [vite, 'build', '--config', join(ROOT, 'web/vite.config.ts'), '--logLevel', 'warn']
  await runCommand(NODE, args, { cwd: ROOT, env: { NODE_ENV: 'production' } })
}

/**
 * Builds the static assets of the Worker: the web app, the viewer of the API's document, and the plugin.
 * @param plugin what is served below `/plugin/`; by default a zip without a server's address and without updates
 */
export async function buildAssets(plugin: Served = publishUnbound()): Promise<void> {
  copyReference()
  writeServed(join(ROOT, 'public'), plugin)
  await unlessUnchanged(WEB, buildWeb)
}

if (import.meta.main) await buildAssets()
