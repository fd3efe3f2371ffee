import type { Constants } from './config.ts'
import type { ApacheKind } from './apache.ts'
import type { MariaDb } from './mariadb.ts'
import type { PhpIni } from './php.ts'
import type { Front } from './server.ts'
import type { WordPressVersion } from './sources.ts'

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
  /** The site's own address, where something stands in front of the port that it is served at. */
  address?: string
  phpIni?: PhpIni
  /** What runs PHP; PHP's own server by default. The others take plugins as copies. */
  web?: 'built-in' | ApacheKind | 'nginx'
  /** For PHP's own server alone. */
  front?: Front
  /** Keeps the site in this folder over restarts, instead of in a temporary one. */
  folder?: string
  /** Without a web server: for tests that load WordPress themselves. */
  serve?: boolean
}

export type WordPress = {
  url: string
  root: string
  /** Folder beside it that is never served: database, log. */
  state: string
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
