import { basename } from 'node:path'
import { phpString, phpValue } from './config.ts'

export const ADMIN = { user: 'admin', password: 'password', email: 'admin@igny8.test' } as const

/** PHP that installs WordPress; runs with WP_INSTALLING defined. */
export const installSite = (title: string): string => `
  require_once ABSPATH . 'wp-admin/includes/upgrade.php';
  add_filter( 'pre_wp_mail', '__return_true' );
  wp_install( ${phpString(title)}, '${ADMIN.user}', '${ADMIN.email}', true, '', '${ADMIN.password}' );`

/** PHP that makes the site the first one of a network in folders. */
export function installNetwork(url: string): string {
  const { host, pathname } = new URL(`${url}/`)
  return `
  require_once ABSPATH . 'wp-admin/includes/upgrade.php';
  define( 'WP_INSTALLING_NETWORK', true );
  foreach ( $wpdb->tables( 'ms_global' ) as $table => $prefixed ) { $wpdb->$table = $prefixed; }
  install_network();
  $result = populate_network( 1, ${phpString(host)}, '${ADMIN.email}', 'Network', ${phpString(pathname)}, false );
  if ( is_wp_error( $result ) ) { fwrite( STDERR, $result->get_error_message() ); exit( 1 ); }`
}

/** PHP that sets the permalinks and drops the cron lock that installing leaves behind. */
export const finishSite = (permalinks: 'pretty' | 'plain'): string => `
  global $wp_rewrite;
  $wp_rewrite->set_permalink_structure( '${permalinks === 'pretty' ? '/%postname%/' : ''}' );
  flush_rewrite_rules( false );
  delete_transient( 'doing_cron' );`

/** PHP that activates plugins, given by their folders. */
export const activatePlugins = (folders: string[]): string => `
  require_once ABSPATH . 'wp-admin/includes/plugin.php';
  foreach ( ${phpValue(folders.map((folder) => `${basename(folder)}/${basename(folder)}.php`))} as $plugin ) {
    $result = activate_plugin( $plugin );
    if ( is_wp_error( $result ) ) { fwrite( STDERR, $plugin . ': ' . $result->get_error_message() ); exit( 1 ); }
  }`
