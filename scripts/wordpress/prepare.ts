import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Constants, createConstants, createNetworkConstants } from './config.ts'
import {
  type SiteFolders,
  type SiteRecord,
  copyWordPress,
  createRecord,
  placeMuPlugins,
  placePlugins,
  readRecord,
  useSqlite,
  writeConfig,
  writeRecord,
} from './files.ts'
import { activatePlugins, finishSite, installNetwork, installSite } from './install.ts'
import type { Php } from './php.ts'
import type { Sources } from './sources.ts'
import type { WordPress, WordPressOptions } from './types.ts'

const OFFLINE_MU_PLUGIN = join(import.meta.dirname, 'mu-plugins/igny8-offline.php')

/** A site to be; `seenByPhp` are paths as PHP sees them, which has a file system of its own in WebAssembly. */
export type Site = {
  options: WordPressOptions
  folders: SiteFolders
  sources: Sources
  url: string
  php: Php
  seenByPhp: { state: string; driver: string }
}

/** Installs the site unless its folder holds it already, and brings its configuration and plugins up to date. */
export async function prepareSite(site: Site): Promise<Pick<WordPress, 'define' | 'isNew'>> {
  const { options, folders, url, php } = site
  const found = readRecord(folders)
  const record = found ?? (await installNew(site))
  if (!record.database) useSqlite(folders, site.seenByPhp.driver)
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
  const database =
    options.database && options.database !== 'sqlite' ? await options.database.createDatabase() : undefined
  const record = createRecord(database)
  for (const stale of [folders.www, folders.state]) rmSync(stale, { recursive: true, force: true })
  copyWordPress(folders, site.sources)
  if (!database) useSqlite(folders, site.seenByPhp.driver)
  writeConfig(folders, siteConstants(site, record))
  await php(installSite(options.title ?? 'IGNY8 test site'), { installing: true })
  if (options.multisite) await php(installNetwork(url))
  writeRecord(folders, record)
  return record
}

function siteConstants({ url, seenByPhp: { state } }: Site, { database, salts }: SiteRecord): Constants {
  const sqlite = {
    DB_NAME: 'wp',
    DB_USER: '',
    DB_PASSWORD: '',
    DB_HOST: '',
    DB_DIR: `${state}/`,
    DB_FILE: 'wordpress.sqlite',
  }
  return { ...createConstants({ url, debugLog: join(state, 'debug.log') }), ...(database ?? sqlite), ...salts }
}
