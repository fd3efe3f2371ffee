import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { removeAtExit } from './shutdown.ts'

/** The folder of the checkout. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
/** The folder of the WordPress plugin. */
export const PLUGIN = join(ROOT, 'plugin/igny8-wordpress-bridge')

/** The project's own Node: scripts that start other scripts must not depend on PATH. */
export const NODE = process.execPath
export const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')

/** A folder below the cache (`IGNY8_CACHE`, else `.cache`), made when it is missing. */
export function cacheFolder(...parts: string[]): string {
  const folder = resolve(ROOT, process.env.IGNY8_CACHE ?? '.cache', ...parts)
  mkdirSync(folder, { recursive: true })
  return folder
}

/** A new temporary folder that goes with this process. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `igny8-${name}-`))
  removeAtExit(folder)
  return folder
}
