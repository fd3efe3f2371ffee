import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PLUGIN } from '../../../scripts/lib/paths.ts'
import type { SetUp } from './set-up.ts'

const DAY_S = 86_400

/** Shifts the clock of every namespace of the plugin, on every way. */
function shiftClock(seconds: number): string {
  const folders = readdirSync(join(PLUGIN, 'includes'), { recursive: true, withFileTypes: true })
  const names = folders
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(PLUGIN, 'includes').length).replaceAll('/', '\\'))
  return names
    .map((name) => `namespace Igny8\\Bridge${name} { function time() { return \\time() + ${seconds}; } }`)
    .join('\n')
}

const REFUSE_STRANGERS = (hook: string, code: string) => `
  add_filter( '${hook}', function ( $result ) {
    return is_user_logged_in() ? $result
      : new WP_Error( '${code}', 'REST API restricted to authenticated users.', array( 'status' => rest_authorization_required_code() ) );
  }, 99 );`

/** Other plugins, settings, and what goes wrong in WordPress itself. */
export const INSIDE: SetUp[] = [
  {
    name: 'plain permalinks',
    begin: `$GLOBALS['wp_rewrite']->set_permalink_structure( '' ); flush_rewrite_rules( false );`,
    end: `$GLOBALS['wp_rewrite']->set_permalink_structure( '/%postname%/' ); flush_rewrite_rules( false );`,
  },
  {
    name: 'REST API under another name (`rest_url_prefix`)',
    php: `add_filter( 'rest_url_prefix', fn() => 'api' );`,
    everywhere: true,
    begin: `flush_rewrite_rules( false );`,
    end: `flush_rewrite_rules( false );`,
  },
  {
    name: '“Disable REST API” (`rest_authentication_errors`)',
    php: REFUSE_STRANGERS('rest_authentication_errors', 'rest_login_required'),
  },
  { name: 'REST API closed later (`rest_pre_dispatch`)', php: REFUSE_STRANGERS('rest_pre_dispatch', 'rest_forbidden') },
  {
    name: 'REST API closed by `wp_die()` (All-In-One Security)',
    php: `add_action( 'rest_api_init', function () {
      if ( ! is_user_logged_in() ) { wp_die( 'You are not authorized to perform this action.' ); } } );`,
  },
  {
    name: 'REST API closed by All-In-One Security, with its list of exceptions',
    php: `add_action( 'rest_api_init', function () {
      $route = ltrim( (string) $GLOBALS['wp']->query_vars['rest_route'], '/' );
      foreach ( apply_filters( 'aios_whitelisted_rest_routes', array() ) as $open ) { if ( 0 === strpos( $route, "$open/" ) ) { return; } }
      if ( ! is_user_logged_in() ) { wp_die( 'You are not authorized to perform this action.', '', 403 ); } } );`,
  },
  {
    name: 'REST API removed by a snippet',
    php: `add_action( 'init', function () { remove_action( 'parse_request', 'rest_api_loaded' ); } );`,
  },
  {
    name: 'forced login, REST included (Force Login)',
    php: `add_action( 'template_redirect', function () { if ( ! is_user_logged_in() ) { nocache_headers(); wp_safe_redirect( wp_login_url(), 302 ); exit; } } );
      ${REFUSE_STRANGERS('rest_authentication_errors', 'rest_unauthorized')}`,
  },
  {
    name: 'forced login for every request',
    php: `add_action( 'init', function () { if ( ! is_user_logged_in() && 'wp-login.php' !== $GLOBALS['pagenow'] ) { auth_redirect(); } } );`,
  },
  { name: 'clock a day ahead', php: shiftClock(DAY_S), everywhere: true },
  { name: 'clock a day behind', php: shiftClock(-DAY_S), everywhere: true },
  { name: 'clock 200 s ahead', php: shiftClock(200), everywhere: true },
  {
    name: 'cron that has not run for a day',
    begin: `wp_clear_scheduled_hook( 'igny8_sync_site_structure' ); wp_schedule_event( time() - ${DAY_S}, 'daily', 'igny8_sync_site_structure' );`,
    end: `wp_clear_scheduled_hook( 'igny8_sync_site_structure' ); wp_schedule_event( time() + ${DAY_S}, 'daily', 'igny8_sync_site_structure' );`,
  },
  { name: '48 MB of memory', php: `ini_set( 'memory_limit', '48M' );` },
  {
    name: 'memory that runs out',
    php: `ini_set( 'display_errors', '1' ); add_action( 'rest_api_init', function () { ini_set( 'memory_limit', '40M' ); str_repeat( 'x', 99999999 ); } );`,
  },
  {
    name: 'maintenance mode (`.maintenance`)',
    mayConnect: false,
    arrange: ({ wordpress: { root } }) => {
      const file = join(root, '.maintenance')
      writeFileSync(file, '<?php $upgrading = time();')
      return () => rmSync(file)
    },
  },
  { name: 'fatal error in another plugin', php: `no_such_function();`, everywhere: true, mayConnect: false },
  {
    name: 'fatal error in another plugin, in REST alone',
    php: `add_action( 'rest_api_init', function () { no_such_function(); } );`,
  },
  { name: 'white page (a plugin that ends every request)', php: `exit;`, mayConnect: false },
  {
    name: 'PHP notices before every answer',
    php: `ini_set( 'display_errors', '1' ); echo "<br />\\n<b>Warning</b>: Undefined variable in other-plugin.php on line 3<br />\\n";`,
  },
  {
    name: 'PHP notices before every answer, sent at once',
    php: `while ( ob_get_level() > 0 ) { ob_end_flush(); } echo "<b>Warning</b>: Undefined variable in other-plugin.php on line 3<br />\\n"; flush();`,
  },
  {
    name: 'PHP notices once plugins are loaded',
    php: `add_action( 'init', function () { ini_set( 'display_errors', '1' ); trigger_error( 'A notice of another plugin', E_USER_WARNING ); echo 'Warning: printed'; } );`,
  },
  {
    name: 'output behind the answer (a plugin that prints at the end)',
    php: `register_shutdown_function( function () { echo '<!-- 42 queries -->'; } );`,
  },
  {
    name: 'a copy of the site under another URL answers',
    define: (url) => ({
      on: { WP_HOME: 'https://staging.igny8-shop.com', WP_SITEURL: 'https://staging.igny8-shop.com' },
      off: { WP_HOME: url, WP_SITEURL: url },
    }),
    mayConnect: false,
  },
  {
    name: 'plugin deactivated',
    mayConnect: false,
    begin: `require_once ABSPATH . 'wp-admin/includes/plugin.php'; deactivate_plugins( 'igny8-wordpress-bridge/igny8-wordpress-bridge.php' );`,
    end: `require_once ABSPATH . 'wp-admin/includes/plugin.php'; activate_plugin( 'igny8-wordpress-bridge/igny8-wordpress-bridge.php' );`,
  },
]
