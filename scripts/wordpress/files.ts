import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Constants, createSalts, renderConfig, renderSqliteDropIn } from './config.ts'
import type { Sources } from './sources.ts'

/** Where a site lies: `www` is what the web server serves, `root` the WordPress folder in it, `state` is never served. */
export type SiteFolders = { folder: string; www: string; root: string; state: string; debugLog: string }

/** What must survive a restart of the same site; no database means SQLite. */
export type SiteRecord = { salts: Constants; database?: Constants }

export function siteFolders(folder: string, subdirectory = ''): SiteFolders {
  const [www, state] = [join(folder, 'www'), join(folder, 'state')]
  return { folder, www, root: join(www, subdirectory), state, debugLog: join(state, 'debug.log') }
}

/** Copies WordPress into the folder of a new site. */
export function copyWordPress({ root, state }: SiteFolders, sources: Sources): void {
  mkdirSync(state, { recursive: true })
  cpSync(sources.wordpress, root, { recursive: true, verbatimSymlinks: true })
  for (const name of ['plugins', 'mu-plugins', 'uploads'])
    mkdirSync(join(root, 'wp-content', name), { recursive: true })
}

/** Puts the SQLite driver, at `driver` as PHP sees it, in the place of MySQL. */
export function useSqlite({ root }: SiteFolders, driver: string): void {
  writeFileSync(join(root, 'wp-content/db.php'), renderSqliteDropIn(driver))
}

/** A copy of the SQLite driver beside the site, for web servers that may not read the cache. */
export function copyDriver({ sqliteDriver }: Sources, { folder }: SiteFolders): string {
  const target = join(folder, 'sqlite-driver')
  cpSync(sqliteDriver, target, { recursive: true })
  return target
}

export function writeConfig({ root }: SiteFolders, constants: Constants): void {
  writeFileSync(join(root, 'wp-config.php'), renderConfig(constants))
}

/**
 * Puts plugins into the site: as a link, so that edits show at once, or as a copy, which wp-admin may delete without harm to the
 * checkout.
 */
export function placePlugins({ root }: SiteFolders, plugins: string[], how: 'link' | 'copy'): void {
  for (const plugin of plugins) {
    const target = join(root, 'wp-content/plugins', basename(plugin))
    rmSync(target, { recursive: true, force: true })
    if (how === 'link') symlinkSync(plugin, target)
    else cpSync(plugin, target, { recursive: true })
  }
}

export function placeMuPlugins({ root }: SiteFolders, files: string[]): void {
  for (const file of files) cpSync(file, join(root, 'wp-content/mu-plugins', basename(file)))
}

const recordFile = ({ folder }: SiteFolders) => join(folder, 'site.json')

/** The record of a site that was installed here before. */
export function readRecord(folders: SiteFolders): SiteRecord | undefined {
  const file = recordFile(folders)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as SiteRecord) : undefined
}

export function createRecord(database: Constants | undefined): SiteRecord {
  return { salts: createSalts(), ...(database ? { database } : {}) }
}

/** Written last: a site without a record was not installed to its end. */
export function writeRecord(folders: SiteFolders, record: SiteRecord): void {
  writeFileSync(recordFile(folders), JSON.stringify(record), { mode: 0o600 })
}
