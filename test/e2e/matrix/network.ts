import { expect } from 'vitest'
import type { Lab } from './lab.ts'

const OURS = `
  $count = fn( $sql ) => (int) $wpdb->get_var( $sql );
  $ours = array(
    'prefix' => $wpdb->prefix,
    'uploads' => wp_upload_dir()['basedir'],
    'options' => $count( "SELECT COUNT(*) FROM $wpdb->options WHERE option_name LIKE 'igny8%'" ),
    'tables' => array_values( array_filter( $wpdb->get_col( 'SHOW TABLES' ), fn( $name ) => false !== strpos( $name, 'igny8' ) ) ),
    'events' => count( array_filter( array_merge( array(), ...array_values( array_map( 'array_keys', array_filter( (array) _get_cron_array(), 'is_array' ) ) ) ), fn( $hook ) => 0 === strpos( $hook, 'igny8' ) ) ),
  );`

interface Traces {
  prefix: string
  uploads: string
  options: number
  tables: string[]
  events: number
}
const tracesOf = async (lab: Lab, then = ''): Promise<Traces> =>
  JSON.parse(await lab.run(`${then}\n${OURS}\necho wp_json_encode( $ours );`)) as Traces

const PLUGIN_FILE = `'igny8-wordpress-bridge/igny8-wordpress-bridge.php'`
const ADMIN = `require_once ABSPATH . 'wp-admin/includes/plugin.php';`

/** A site of a network keeps its own tables and events; deactivating ends the events, uninstalling takes the rest. */
export async function expectTraceless(lab: Lab): Promise<void> {
  const there = await tracesOf(lab)
  expect(there.prefix).toBe('wp_2_')
  expect(there.uploads).toMatch(/\/sites\/2$/)
  expect(there.options).toBeGreaterThan(0)
  expect(there.events).toBeGreaterThan(0)
  expect(there.tables.length).toBeGreaterThan(0)
  for (const name of there.tables) expect(name).toMatch(/^wp_2_igny8_/)
  const off = await tracesOf(lab, `${ADMIN} deactivate_plugins( ${PLUGIN_FILE} );`)
  expect(off).toMatchObject({ events: 0, tables: there.tables })
  const gone = await tracesOf(lab, `${ADMIN} uninstall_plugin( ${PLUGIN_FILE} );`)
  expect(gone).toMatchObject({ events: 0, options: 0, tables: [] })
}
