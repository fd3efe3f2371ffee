import { randomBytes } from 'node:crypto'

export type Constants = Record<string, string | number | boolean>

/** A PHP string literal. */
export const phpString = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`

/** A PHP expression for any JSON value. */
export const phpValue = (value: unknown): string => `json_decode(${phpString(JSON.stringify(value))}, true)`

/** The eight secrets of wp-config.php. What is encrypted with them is lost when they change. */
export function createSalts(): Constants {
  const names = ['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'].flatMap((name) => [`${name}_KEY`, `${name}_SALT`])
  return Object.fromEntries(names.map((name) => [name, randomBytes(32).toString('base64')]))
}

/** What every site here has: nothing is fetched from outside, errors go to the log, cron runs when it is called. */
export function createConstants({ url, debugLog }: { url: string; debugLog: string }): Constants {
  return {
    DB_CHARSET: 'utf8mb4',
    DB_COLLATE: '',
    WP_HOME: url,
    WP_SITEURL: url,
    WP_ENVIRONMENT_TYPE: 'local',
    DISABLE_WP_CRON: true,
    WP_HTTP_BLOCK_EXTERNAL: true,
    AUTOMATIC_UPDATER_DISABLED: true,
    WP_DEBUG: true,
    WP_DEBUG_LOG: debugLog,
    WP_DEBUG_DISPLAY: false,
  }
}

/** The constants of a multisite network in folders, as its set-up page prints them. */
export function createNetworkConstants(url: string): Constants {
  const { host, pathname } = new URL(`${url}/`)
  return {
    WP_ALLOW_MULTISITE: true,
    MULTISITE: true,
    SUBDOMAIN_INSTALL: false,
    DOMAIN_CURRENT_SITE: host,
    PATH_CURRENT_SITE: pathname,
    SITE_ID_CURRENT_SITE: 1,
    BLOG_ID_CURRENT_SITE: 1,
  }
}

/** The text of wp-config.php. */
export function renderConfig(constants: Constants): string {
  const lines = Object.entries(constants).map(
    ([name, value]) => `define( '${name}', ${typeof value === 'string' ? phpString(value) : value} );`,
  )
  return `<?php
${lines.join('\n')}
$table_prefix = 'wp_';
if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
`
}

/** The text of wp-content/db.php, which puts the SQLite driver in the place of MySQL. */
export function renderSqliteDropIn(driver: string): string {
  return `<?php
define( 'SQLITE_DB_DROPIN_VERSION', '1.8.0' );
define( 'DATABASE_TYPE', 'sqlite' );
define( 'DB_ENGINE', 'sqlite' );
require_once ${phpString(`${driver}/wp-includes/sqlite/db.php`)};
`
}
