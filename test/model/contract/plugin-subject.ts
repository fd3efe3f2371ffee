import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { PLUGIN } from '../../../scripts/lib/paths.ts'
import { phpString } from '../../../scripts/wordpress/config.ts'
import { startWordPress } from '../../../scripts/wordpress/native.ts'
import type { Transport } from '../../../src/contract/polling.ts'
import type { WordPressOptions } from '../../../scripts/wordpress/types.ts'
import { waitFor } from '../../../scripts/lib/wait.ts'
import { createApiKey } from '../../../src/lib/api-key.ts'
import { PollingSide } from './polling-side.ts'
import { startReceiver } from './receiver.ts'
import type { Action, Subject } from './subject.ts'

const SITE_MU_PLUGIN = join(import.meta.dirname, 'igny8-contract-site.php')
const INTEGRATION_ID = 'int_contract'
const MARK = '\u0001'

/** PHP that connects the plugin as the API's answer would, and prints the signing secret that it made. */
const connect = (apiKey: string) => `
  $plugin = Igny8\\Bridge\\Plugin::instance();
  $secret = $plugin->keys->begin_pending();
  $plugin->keys->promote_pending();
  $plugin->keys->save_api_key( ${phpString(apiKey)} );
  $plugin->connection->establish( new Igny8\\Bridge\\Connection\\Identity( 'site_contract', 'Contract', '' ), '${INTEGRATION_ID}' );
  echo "${MARK}", $secret;`

/** The real plugin in a real WordPress as subject of the contract. */
export async function startPluginSubject(
  options: WordPressOptions = {},
  transport: Transport = 'direct',
): Promise<Subject> {
  const receiver = await startReceiver()
  const [token, { plaintext }] = [randomUUID(), createApiKey()]
  const define = { IGNY8_API_URL: receiver.url, IGNY8_CONTRACT_TOKEN: token }
  const wordpress = await startWordPress({ ...options, define, plugins: [PLUGIN], muPlugins: [SITE_MU_PLUGIN] })
  const printed = await wordpress.php(connect(plaintext))
  const secret = printed.slice(printed.indexOf(MARK) + 1)
  const side = new PollingSide(INTEGRATION_ID)
  side.secret = secret
  receiver.polling = side
  const post = async (query: string, body: string) => {
    const headers = { 'x-igny8-contract': token }
    const answer = await fetch(`${wordpress.url}/?${query}`, { method: 'POST', headers, body })
    const text = await answer.text()
    if (answer.ok && /^(\[|null$)/.test(text)) return JSON.parse(text) as unknown
    throw new Error(`${text.slice(0, 2000)}\n${wordpress.debugLog().slice(-2000)}`)
  }
  const poll: Subject['poll'] = (commands, limits) => side.carry(commands, limits, () => post('heartbeat', ''))
  return {
    ...(transport === 'polling' && { poll }),
    url: wordpress.url,
    endpoint: `${wordpress.url}/${options.permalinks === 'plain' ? 'index.php?rest_route=' : 'wp-json'}/igny8/v1/commands`,
    secret,
    integrationId: INTEGRATION_ID,
    fetch: (url, init) => fetch(url, init),
    arrange: async (...actions: Action[]) => (await post('contract', JSON.stringify(actions))) as unknown[],
    webhooks: async () => {
      await wordpress.cron()
      // the request that changed something may have another one send it
      await waitFor('the outbox to be empty', 10_000, async () => {
        const [unsent] = (await post('unsent', '')) as number[]
        return unsent === 0 || undefined
      })
      return receiver.take(plaintext, secret)
    },
    stop: async () => {
      await wordpress.stop()
      await receiver.stop()
    },
  }
}
