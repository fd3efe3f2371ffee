import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../lib/paths.ts'
import { freePort } from '../lib/ports.ts'
import { type Constants, createConstants, createNetworkConstants } from './config.ts'
import {
  type SiteFolders,
  type SiteRecord,
  copyWordPress,
  createRecord,
  placeMuPlugins,
  placePlugins,
  readRecord,
  siteFolders,
  useSqlite,
  writeConfig,
  writeRecord,
} from './files.ts'
import { activatePlugins, finishSite, installNetwork, installSite } from './install.ts'
import type { MariaDb } from './mariadb.ts'
import { type Php, type PhpIni, createPhp } from './php.ts'
import { type Front, startServer } from './server.ts'
import { STABLE, type WordPressVersion, ensureSources } from './sources.ts'

const OFFLINE_MU_PLUGIN = join(import.meta.dirname, 'mu-plugins/igny8-offline.php')

export type WordPressOptions = {
  version?: WordPressVersion
  /** SQLite, or a database of a server started with `startMariaDb`. */
  database?: 'sqlite' | MariaDb
  permalinks?: 'pretty' | 'plain'
  /** Folder of the site below the host, such as `blog`. */
  subdirectory?: string
  multisite?: boolean
  title?: string
  /** Further constants of wp-config.php. */
  define?: Constants
  /** Folders of plugins, activated unless `activate` is false. */
  plugins?: string[]
  pluginsAs?: 'link' | 'copy'
  activate?: boolean
  muPlugins?: string[]
  port?: number
  phpIni?: PhpIni
  front?: Front
  /** Keeps the site in this folder over restarts, instead of in a temporary one. */
  folder?: string
  /** Without a web server: for tests that load WordPress themselves. */
  serve?: boolean
}

export type WordPress = {
  url: string
  root: string
  port: number
  /** True when the site was made by this start. */
  isNew: boolean
  /** Runs PHP inside the site and gives what it prints. */
  php: (code: string) => Promise<string>
  /** Writes wp-config.php anew with these constants added. */
  define: (constants: Constants) => void
  /** Runs the cron events that are due. */
  cron: () => Promise<void>
  debugLog: () => string
  isRunning: () => boolean
  stop: () => Promise<void>
}

/** A real WordPress on PHP's own server, bound to the loopback interface, installed, with its plugins active. */
export async function startWordPress(options: WordPressOptions = {}): Promise<WordPress> {
  const { subdirectory = '', permalinks = 'pretty', multisite = false, phpIni = {}, front = {} } = options
  const base = subdirectory && `/${subdirectory}`
  const port = options.port ?? (await freePort())
  const url = `http://127.0.0.1:${port}${base}`
  const folders = siteFolders(options.folder ?? temporaryFolder('wordpress'), subdirectory)
  const php = createPhp({ ...folders, url, ini: phpIni })
  const { define, isNew } = await prepareSite({ options, folders, url, php })
  const site = { ...folders, url, port, base, rewrite: permalinks === 'pretty', multisite }
  const server = options.serve === false ? undefined : await startServer(site, phpIni, front)
  return {
    url,
    root: folders.root,
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

type Site = { options: WordPressOptions; folders: SiteFolders; url: string; php: Php }

/** Installs the site unless its folder holds it already, and brings its configuration and plugins up to date. */
async function prepareSite(site: Site): Promise<Pick<WordPress, 'define' | 'isNew'>> {
  const { options, folders, url, php } = site
  const found = readRecord(folders)
  const record = found ?? (await installNew(site))
  const network = options.multisite ? createNetworkConstants(url) : {}
  const constants = { ...siteConstants(site, record), ...network, ...options.define }
  const define = (more: Constants) => writeConfig(folders, Object.assign(constants, more))
  define({})
  const plugins = options.plugins ?? []
  placeMuPlugins(folders, [OFFLINE_MU_PLUGIN, ...(options.muPlugins ?? [])])
  placePlugins(folders, plugins, options.pluginsAs ?? 'link')
  const activation = options.activate === false ? '' : activatePlugins(plugins)
  await php(finishSite(options.permalinks ?? 'pretty') + activation)
  return { define, isNew: !found }
}

/** The record counts once it is written: a site without one was not installed to its end and is made anew. */
async function installNew(site: Site): Promise<SiteRecord> {
  const { options, folders, url, php } = site
  const sources = await ensureSources(options.version ?? STABLE)
  const record = createRecord(await databaseConstants(options.database ?? 'sqlite', folders.state))
  for (const stale of [folders.www, folders.state]) rmSync(stale, { recursive: true, force: true })
  copyWordPress(folders, sources)
  if (record.database.DB_DIR) useSqlite(folders, sources.sqliteDriver)
  writeConfig(folders, siteConstants(site, record))
  await php(installSite(options.title ?? 'IGNY8 test site'), { installing: true })
  if (options.multisite) await php(installNetwork(url))
  writeRecord(folders, record)
  return record
}

const siteConstants = ({ url, folders }: Site, { database, salts }: SiteRecord): Constants => ({
  ...createConstants({ url, debugLog: folders.debugLog }),
  ...database,
  ...salts,
})

async function databaseConstants(database: 'sqlite' | MariaDb, state: string): Promise<Constants> {
  if (database !== 'sqlite') return database.createDatabase()
  return { DB_NAME: 'wp', DB_USER: '', DB_PASSWORD: '', DB_HOST: '', DB_DIR: `${state}/`, DB_FILE: 'wordpress.sqlite' }
}
