import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { transform } from 'esbuild'
import type { Plugin } from 'vite'

/** The script's own address: a folder would narrow what it may serve. */
export const SERVICE_WORKER = 'service-worker.js'

/**
 * Writes web/service-worker.js into the build, with the list of the build's files. Its version is a hash of that list and
 * of the script, so that browsers get a new one exactly when something has changed.
 */
export const serviceWorker = (): Plugin => ({
  name: 'igny8-service-worker',
  apply: 'build',
  async generateBundle(_, bundle) {
    const files = Object.keys(bundle)
      .filter((name) => name.startsWith('assets/'))
      .map((name) => `/${name}`)
      .toSorted()
    const source = readFileSync(join(import.meta.dirname, SERVICE_WORKER), 'utf8')
    const version = createHash('sha256')
      .update(JSON.stringify([source, files]))
      .digest('hex')
      .slice(0, 16)
    const define = { FILES: JSON.stringify(files), VERSION: JSON.stringify(version) }
    const { code } = await transform(source, { minify: true, target: 'es2022', define })
    this.emitFile({ type: 'asset', fileName: SERVICE_WORKER, source: code })
  },
})
