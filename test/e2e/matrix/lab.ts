import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PLUGIN } from '../../../scripts/lib/paths.ts'
import { phpString } from '../../../scripts/wordpress/config.ts'
import { type ContentAmounts, PRODUCTS_MU_PLUGIN, createContent } from '../../../scripts/wordpress/content.ts'
import { startWordPress } from '../../../scripts/wordpress/native.ts'
import type { WordPress, WordPressOptions } from '../../../scripts/wordpress/types.ts'
import { addSite } from '../support/site.ts'
import type { World } from '../support/world.ts'
import { type Front, startFront } from './front.ts'

const AMOUNTS: ContentAmounts = {
  posts: 6,
  pages: 2,
  products: 2,
  categories: 3,
  tags: 3,
  productCategories: 1,
  productTags: 1,
}

/** Runs PHP in a site as a request does, which is six times as fast as a command is. */
const LAB = `<?php
define( 'IGNY8_LAB', true );
require __DIR__ . '/wp-load.php';
eval( file_get_contents( 'php://input' ) );
`

const DISCONNECT = `Igny8\\Bridge\\Plugin::instance()->disconnector->disconnect();`

/** Why a site could not connect: code, and what to do; null if it has. */
type Refusal = { code: string; advice: string } | null

/** A site of the matrix: a WordPress behind a front, and the same site in IGNY8. */
export interface Lab {
  front: Front
  wordpress: WordPress
  siteId: string
  /** Where people find the site. */
  url: string
  /** Runs PHP in the site and gives what it prints, whatever stands in front of it. */
  run: (code: string) => Promise<string>
  /**
   * Connects as `wp igny8 connect` does, from nothing on both sides, a post of this title having been written before.
   */
  connect: (title?: string) => Promise<Refusal>
  /** Connects once more, with what the plugin has of its connection. */
  reconnect: () => Promise<Refusal>
  disconnect: () => Promise<unknown>
  /** Keeps the site from calling for commands by itself; gives what lets it. */
  silence: () => () => Promise<void>
  /** Has a connected site use another key from now on. */
  useKey: (key: string) => void
  /** A call for commands, as the site's cron makes it. */
  poll: () => Promise<string>
  /** Gives the site another address, in WordPress and in IGNY8. */
  moveTo: (url: string) => Promise<void>
}

export interface LabOptions extends WordPressOptions {
  /** Folder of a further site of the network, which is then the one that connects. */
  subsite?: string
}

/** Boots WordPress behind a front, with some content, the plugin active and not connected. */
export async function startLab(world: World, { subsite, ...options }: LabOptions = {}): Promise<Lab> {
  const front = await startFront()
  const base = front.url + (options.subdirectory ? `/${options.subdirectory}` : '')
  const wordpress = await startWordPress({
    plugins: [PLUGIN],
    pluginsAs: 'copy',
    muPlugins: [PRODUCTS_MU_PLUGIN],
    ...options,
    activate: false,
    address: base,
    define: { IGNY8_API_URL: world.url, WP_ACCESSIBLE_HOSTS: '127.0.0.1', ...options.define },
  })
  front.target = wordpress.port
  writeFileSync(join(wordpress.root, 'wp-lab.php'), LAB)
  const url = subsite ? `${base}/${subsite}` : base
  const runAt = (address: string) => async (code: string) => {
    const { host, pathname } = new URL(`${address}/wp-lab.php`)
    const asked = { method: 'POST', url: pathname, headers: { host }, body: Buffer.from(code) }
    const { status, body } = await front.forward(asked)
    const text = body.toString()
    if (status === 200) return text
    throw new Error(`PHP ended with ${status}: ${text.slice(0, 400)}\n${wordpress.debugLog().slice(-800)}`)
  }
  if (subsite)
    await runAt(base)(`
      $id = wpmu_create_blog( ${phpString(new URL(base).host)}, ${phpString(new URL(`${url}/`).pathname)}, 'A site of the network', 1 );
      if ( is_wp_error( $id ) ) { http_response_code( 500 ); echo $id->get_error_message(); }`)
  const run = runAt(url)
  await run(`require_once ABSPATH . 'wp-admin/includes/plugin.php';
    $result = activate_plugin( 'igny8-wordpress-bridge/igny8-wordpress-bridge.php' );
    if ( is_wp_error( $result ) ) { http_response_code( 500 ); echo $result->get_error_message(); }`)
  await run(createContent(AMOUNTS))
  const { siteId, apiKey: firstKey } = await addSite(world.owner, url)
  let apiKey = firstKey
  const connect = async (before: string): Promise<Refusal> => {
    const said = await run(`
      ${before}
      $outcome = Igny8\\Bridge\\Plugin::instance()->connector->connect( Igny8\\Bridge\\Connection\\Credentials::of_key( ${phpString(apiKey)} ) );
      $failure = $outcome->failure();
      echo wp_json_encode( null === $failure ? null : array( 'code' => $failure->reason(), 'advice' => $failure->advice() ) );`)
    return JSON.parse(said) as Refusal
  }
  // a plugin that is cut off, or whose clock is wrong, can't end the connection in IGNY8
  const forget = async () => {
    const list = await world.owner.get<{ results: { id: string }[] }>(`/integration/integrations/?site_id=${siteId}`)
    for (const { id } of list.results) await world.owner.delete(`/integration/integrations/${id}/`)
  }
  return {
    front,
    wordpress,
    siteId,
    url,
    run,
    connect: async (title) => {
      await run(DISCONNECT)
      await forget()
      return connect(
        title ? `wp_insert_post( array( 'post_title' => ${phpString(title)}, 'post_status' => 'publish' ) );` : '',
      )
    },
    reconnect: () => connect(''),
    disconnect: () => run(DISCONNECT),
    useKey: (key) => {
      apiKey = key
    },
    silence: () => {
      const refuse = `return false === strpos( $url, '/poll/' ) ? $early : new WP_Error( 'http_request_failed', 'cut' );`
      const file = join(wordpress.root, 'wp-content/mu-plugins/01-silence.php')
      writeFileSync(
        file,
        `<?php add_filter( 'pre_http_request', function ( $early, $args, $url ) { ${refuse} }, 10, 3 );`,
      )
      return async () => {
        rmSync(file)
        // what failed meanwhile has put the next call off
        await run(
          `$state = get_option( 'igny8_poll' ); $state['paused_until'] = 0; update_option( 'igny8_poll', $state );`,
        )
      }
    },
    poll: () => run(`Igny8\\Bridge\\Plugin::instance()->polling->poller->run( 'cron', 10000 );`),
    moveTo: async (address) => {
      await world.owner.patch(`/sites/${siteId}/`, { url: address })
      wordpress.define({ WP_HOME: address, WP_SITEURL: address })
    },
  }
}
