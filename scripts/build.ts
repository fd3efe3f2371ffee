// npm run build: puts the files that the Worker serves besides its answers into `public/`.
import { copyFileSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ROOT } from './lib/paths.ts'
import { buildPluginZip } from './plugin-zip.ts'

const REFERENCE = 'public/reference'

/** Builds the static assets of the Worker: the viewer of the API's document, and the plugin's zip. */
export function buildAssets(): void {
  const viewer = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  mkdirSync(join(ROOT, REFERENCE), { recursive: true })
  for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js'])
    copyFileSync(join(viewer, name), join(ROOT, REFERENCE, name))
  buildPluginZip()
}

if (import.meta.main) buildAssets()
