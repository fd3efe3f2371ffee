import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWordPress } from '../../scripts/wordpress/native.ts'
import type { WordPress } from '../../scripts/wordpress/types.ts'
import { type Admin, openAdmin, openSettings, press, pressConnect, shownState } from './support/admin.ts'
import { keptPlugin, PluginServer, releasedAs } from './support/plugin-server.ts'
import { addSite } from './support/site.ts'
import { startWorld, type World } from './support/world.ts'

const PLUGIN = 'igny8-wordpress-bridge/igny8-wordpress-bridge.php'
/** The release that was kept, and the one after it, made of this checkout. */
const [KEPT, NEXT] = ['0.2.0', '0.9.0']
/** Sites are as people have them: WordPress may replace plugins, and may do it by itself. */
const LIVE = { AUTOMATIC_UPDATER_DISABLED: false, DISALLOW_FILE_MODS: false }

const server = new PluginServer()
let world: World

/** The server is deployed with other releases of the plugin, or other settings. */
async function deploy(change: Partial<Pick<PluginServer, 'releases' | 'rollout' | 'isTampered'>>): Promise<void> {
  Object.assign(server, change)
  await world.stopApi()
  await world.startApi()
}

const version = ({ php }: WordPress) =>
  php(`require_once ABSPATH . 'wp-admin/includes/plugin.php';
    echo get_plugin_data( WP_PLUGIN_DIR . '/${PLUGIN}', false, false )['Version'], is_plugin_active( '${PLUGIN}' ) ? '' : ' inactive';`)

/** Has WordPress ask for updates, as it does twice a day. @returns the version it then offers, or '' */
const offered = ({ php }: WordPress) =>
  php(`require_once ABSPATH . 'wp-admin/includes/plugin.php';
    $known = get_site_option( 'igny8_updates' );
    if ( is_array( $known ) ) { update_site_option( 'igny8_updates', array_merge( $known, array( 'checked_at' => 0 ) ) ); }
    wp_clean_plugins_cache();
    wp_update_plugins();
    echo get_site_transient( 'update_plugins' )->response['${PLUGIN}']->new_version ?? '';`)

/** Lets WordPress' automatic updater decide about what is offered. @returns what it did */
const updateByItself = ({ php }: WordPress) =>
  php(`require_once ABSPATH . 'wp-admin/includes/admin.php';
    require_once ABSPATH . 'wp-admin/includes/class-wp-upgrader.php';
    add_filter( 'wp_doing_cron', '__return_true' );
    $item = get_site_transient( 'update_plugins' )->response['${PLUGIN}'] ?? null;
    $done = null === $item ? 'nothing offered' : ( new WP_Automatic_Updater() )->update( 'plugin', $item );
    echo true === $done ? 'updated' : ( false === $done ? 'left alone' : ( is_string( $done ) ? $done : 'failed' ) );`)

const section = (page: Awaited<ReturnType<typeof openSettings>>) => page.root.querySelector('[data-igny8-version]')

beforeAll(async () => {
  server.releases = [keptPlugin()]
  world = await startWorld({ assets: server.publish })
})
afterAll(() => world.stop())

describe('T75 a real WordPress with the kept release of the plugin', () => {
  let wordpress: WordPress
  let admin: Admin
  let apiKey = ''
  beforeAll(async () => {
    const plugins = [server.unpacked(keptPlugin(), world.url)]
    wordpress = await startWordPress({ version: '6.7', plugins, pluginsAs: 'copy', define: LIVE })
    admin = await openAdmin(wordpress.url)
    apiKey = (await addSite(world.owner, wordpress.url)).apiKey
  })
  const isConnected = async () => expect(shownState(await openSettings(admin))).toBe('ready')

  test('talks to the server that its zip is from, which has nothing newer for it', async () => {
    expect((await pressConnect(admin, { apiKey })).notices).toMatch(/^Connected\./)
    expect([await version(wordpress), await offered(wordpress)]).toEqual([KEPT, ''])
    const page = await openSettings(admin)
    expect(page.root.querySelector('[data-igny8-server]')?.getAttribute('data-igny8-server')).toBe('carried')
    expect(section(page)?.getAttribute('data-igny8-version')).toBe(KEPT)
  })

  test('is offered the next release once its share has it, and installs nothing its owner didn’t allow', async () => {
    const releases = [releasedAs(NEXT), keptPlugin()]
    await deploy({ releases, rollout: { share: 0, withdrawn: {} } })
    expect(await offered(wordpress)).toBe('')
    await deploy({ rollout: { share: 100, withdrawn: {} } })
    expect(await offered(wordpress)).toBe(NEXT)
    expect([await updateByItself(wordpress), await version(wordpress)]).toEqual(['left alone', KEPT])
    expect((await admin.open('/wp-admin/plugins.php')).html).toContain(
      'There is a new version of IGNY8 Bridge available',
    )
  })

  test('installs no other zip than the signed one, and says so', async () => {
    await wordpress.php(`update_site_option( 'auto_update_plugins', array( '${PLUGIN}' ) );`)
    await deploy({ isTampered: true })
    expect(await offered(wordpress)).toBe(NEXT)
    expect([await updateByItself(wordpress), await version(wordpress)]).toEqual(['failed', KEPT])
    const page = await openSettings(admin)
    expect(page.html).toContain('data-igny8-update-error="update_checksum_wrong"')
    await isConnected()
  })

  test('updates itself where its owner has switched that on, and stays connected', async () => {
    await deploy({ isTampered: false })
    expect(await offered(wordpress)).toBe(NEXT)
    expect([await updateByItself(wordpress), await version(wordpress)]).toEqual(['updated', NEXT])
    await isConnected()
    expect((await press(admin, 'sync')).notices).toMatch(/^Sync started\./)
  })

  test('goes back from a withdrawn release as its owner presses the button, and is not offered it again', async () => {
    await deploy({ rollout: { share: 100, withdrawn: { [NEXT]: 'It loses commas.' } } })
    expect(await offered(wordpress)).toBe('')
    const page = await admin.open('/wp-admin/index.php')
    expect(page.root.querySelector('[data-igny8-withdrawn]')?.text).toContain('It loses commas.')
    expect(await version(wordpress)).toBe(NEXT)
    const back = await admin.submit(page, '[data-igny8-withdrawn] form')
    expect(back.notices).toContain(`Went back to version ${KEPT}.`)
    expect(await version(wordpress)).toBe(KEPT)
    await deploy({ rollout: { share: 100, withdrawn: {} } })
    expect(await offered(wordpress)).toBe('')
    await isConnected()
    expect((await press(admin, 'sync')).notices).toMatch(/^Sync started\./)
    expect(wordpress.debugLog()).not.toMatch(/PHP [^\n]*plugins\/igny8/)
  })
})

describe('T75 a network of sites', () => {
  let network: WordPress
  beforeAll(async () => {
    network = await startWordPress({
      version: '6.5',
      multisite: true,
      plugins: [server.unpacked(keptPlugin(), world.url)],
      pluginsAs: 'copy',
      define: LIVE,
      serve: false,
    })
  })

  const connectSubsite = `$GLOBALS['wpdb']->suppress_errors();
    $blog = wpmu_create_blog( wp_parse_url( home_url(), PHP_URL_HOST ), '/shop/', 'Shop', 1 );
    switch_to_blog( $blog );
    ( new Igny8\\Bridge\\Connection\\Connection() )->establish( new Igny8\\Bridge\\Connection\\Identity( 'site_shop', 'Shop', '' ), 'int_shop' );
    Igny8\\Bridge\\Plugin::instance()->updates->site->remember();
    restore_current_blog();`

  test('asks for updates for all its sites once one of them is connected', async () => {
    await network.php(`require_once ABSPATH . 'wp-admin/includes/plugin.php';
      deactivate_plugins( '${PLUGIN}' ); activate_plugin( '${PLUGIN}', '', true );`)
    expect(await offered(network)).toBe('')
    await network.php(connectSubsite)
    expect(await offered(network)).toBe(NEXT)
  })

  test('lets those alone decide who manage the network', async () => {
    const sees = (user: string) =>
      network.php(`wp_set_current_user( ${user} );
        ob_start();
        Igny8\\Bridge\\Plugin::instance()->updates->panel()->render();
        echo strpos( ob_get_clean(), 'igny8_check_updates' ) ? 'buttons' : 'no buttons';`)
    await network.php(`require_once ABSPATH . 'wp-admin/includes/user.php';
      $id = wp_insert_user( array( 'user_login' => 'sub', 'user_pass' => 'x', 'role' => 'administrator' ) );`)
    expect(await sees(`get_user_by( 'login', 'sub' )->ID`)).toBe('no buttons')
    expect(await sees('1')).toBe('buttons')
  })
})
