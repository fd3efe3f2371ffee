import { join } from 'node:path'
import { PLUGIN } from '../../../scripts/lib/paths.ts'
import { phpString } from '../../../scripts/wordpress/config.ts'
import { startWordPress } from '../../../scripts/wordpress/native.ts'
import type { WordPressOptions } from '../../../scripts/wordpress/types.ts'
import type { Action, Subject } from './subject.ts'

const SITE_MU_PLUGIN = join(import.meta.dirname, 'igny8-contract-site.php')
const INTEGRATION_ID = 'int_contract'
const MARK = '\u0001'

/** PHP that connects the plugin as the API's answer would, and prints the signing secret that it made. */
const CONNECT = `
  $plugin = Igny8\\Bridge\\Plugin::instance();
  $secret = $plugin->keys->begin_pending();
  $plugin->keys->promote_pending();
  $plugin->connection->establish( new Igny8\\Bridge\\Connection\\Identity( 'site_contract', 'Contract', '' ), '${INTEGRATION_ID}' );
  echo "${MARK}", $secret;`

const afterMark = (text: string): string => text.slice(text.indexOf(MARK) + 1)

/** The real plugin in a real WordPress as subject of the contract. */
export async function startPluginSubject(options: WordPressOptions = {}): Promise<Subject> {
  const wordpress = await startWordPress({ ...options, plugins: [PLUGIN], muPlugins: [SITE_MU_PLUGIN] })
  const secret = afterMark(await wordpress.php(CONNECT))
  const isPlain = options.permalinks === 'plain'
  return {
    url: wordpress.url,
    endpoint: `${wordpress.url}/${isPlain ? '?rest_route=' : 'wp-json'}/igny8/v1/commands`,
    secret,
    integrationId: INTEGRATION_ID,
    fetch: (url, init) => fetch(url, init),
    arrange: async (...actions: Action[]) => {
      const list = phpString(JSON.stringify(actions))
      const code = `echo "${MARK}", wp_json_encode( array_map( 'igny8_contract_perform', json_decode( ${list}, true ) ) );`
      return JSON.parse(afterMark(await wordpress.php(code))) as unknown[]
    },
    stop: () => wordpress.stop(),
  }
}
