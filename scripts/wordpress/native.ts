import { existsSync, readFileSync } from 'node:fs'
import { temporaryFolder } from '../lib/paths.ts'
import { freePort } from '../lib/ports.ts'
import { startApache } from './apache.ts'
import { copyDriver, siteFolders } from './files.ts'
import { startNginx } from './nginx.ts'
import { createPhp } from './php.ts'
import { prepareSite } from './prepare.ts'
import { startServer } from './server.ts'
import { STABLE, ensureSources } from './sources.ts'
import type { WordPress, WordPressOptions } from './types.ts'

/** A real WordPress on PHP's own server, bound to the loopback interface, installed, with its plugins active. */
export async function startWordPress(options: WordPressOptions = {}): Promise<WordPress> {
  const { subdirectory = '', permalinks = 'pretty', multisite = false, phpIni = {}, front = {} } = options
  const { web = 'built-in' } = options
  const base = subdirectory && `/${subdirectory}`
  const port = options.port ?? (await freePort())
  const served = `http://127.0.0.1:${port}${base}`
  const url = options.address ?? served
  const folders = siteFolders(options.folder ?? temporaryFolder('wordpress'), subdirectory)
  const php = createPhp({ ...folders, url, ini: phpIni })
  const sources = await ensureSources(options.version ?? STABLE)
  const seenByPhp = {
    state: folders.state,
    driver: web === 'built-in' ? sources.sqliteDriver : copyDriver(sources, folders),
  }
  const pluginsAs = options.pluginsAs ?? (web === 'built-in' ? 'link' : 'copy')
  const { define, isNew } = await prepareSite({
    options: { ...options, pluginsAs },
    folders,
    sources,
    url,
    php,
    seenByPhp,
  })
  const site = { ...folders, url: served, port, base, rewrite: permalinks === 'pretty', multisite }
  const start = () => {
    if (web === 'built-in') return startServer(site, phpIni, front)
    return web === 'nginx' ? startNginx(site, phpIni) : startApache(web, site, phpIni)
  }
  const server = options.serve === false ? undefined : await start()
  return {
    url,
    root: folders.root,
    state: folders.state,
    port,
    isNew,
    php,
    define,
    cron: async () => void (await (await fetch(`${url}/wp-cron.php?doing_wp_cron`)).text()),
    debugLog: () => (existsSync(folders.debugLog) ? readFileSync(folders.debugLog, 'utf8') : ''),
    isRunning: () => server?.isRunning() ?? true,
    stop: () => server?.stop() ?? Promise.resolve(),
  }
}
