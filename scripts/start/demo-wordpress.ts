import { PLUGIN } from '../lib/paths.ts'
import { freePort, isFree } from '../lib/ports.ts'
import { tryCommand } from '../lib/processes.ts'
import { step } from '../lib/progress.ts'
import { PRODUCTS_MU_PLUGIN, SAMPLE_CONTENT, createContent } from '../wordpress/content.ts'
import { activatePlugins } from '../wordpress/install.ts'
import { startWordPress } from '../wordpress/native.ts'
import type { WordPress, WordPressOptions } from '../wordpress/types.ts'
import { startPlayground } from '../wordpress/playground.ts'
import { ensureSources, STABLE } from '../wordpress/sources.ts'
import { type State, remember } from './state.ts'

const DEFAULT_PORT = 8888
const EXTENSIONS = ['pdo_sqlite', 'openssl', 'dom']

/** True when this machine's PHP can run WordPress on SQLite; `IGNY8_WORDPRESS=native` or `playground` decides otherwise. */
export async function hasNativePhp(): Promise<boolean> {
  const chosen = process.env.IGNY8_WORDPRESS
  if (chosen) return chosen === 'native'
  const check = `foreach (explode(',', '${EXTENSIONS.join(',')}') as $e) { if (!extension_loaded($e)) exit(1); } exit(PHP_VERSION_ID < 70400 ? 1 : 0);`
  const result = await tryCommand('php', ['-r', check]).catch(() => undefined)
  return result?.code === 0
}

/** Starts the demo's WordPress with sample content; the plugin lies in it and is not active yet the first time. */
export async function startDemoWordPress(state: State): Promise<WordPress> {
  const native = await hasNativePhp()
  await step(`WordPress ${STABLE} (downloaded once)`, () => ensureSources(STABLE))
  const options: WordPressOptions = {
    folder: state.wordpressFolder,
    port: await choosePort(state),
    title: 'IGNY8 demo shop',
    plugins: [PLUGIN],
    pluginsAs: 'copy',
    activate: false,
    muPlugins: [PRODUCTS_MU_PLUGIN],
    // as on most hosts, so that what is published is told at once; PHP in WebAssembly can't call itself
    define: { DISABLE_WP_CRON: !native },
  }
  const title = native ? 'WordPress on PHP' : 'WordPress on PHP in WebAssembly (this machine has no PHP for it)'
  const wordpress = await step(title, async () => {
    if (native) return startWordPress(options)
    return startPlayground(options)
  })
  if (wordpress.isNew || !state.demo.hasContent) {
    await step('Sample content', () => wordpress.php(createContent(SAMPLE_CONTENT)))
    remember(state, { hasContent: true })
  }
  return wordpress
}

/** Connects the way a host would: the key stands in wp-config.php, and the plugin does the rest by itself. */
export async function connectPlugin(wordpress: WordPress, apiUrl: string, apiKey: string): Promise<void> {
  wordpress.define({ IGNY8_API_URL: apiUrl, IGNY8_API_KEY: apiKey })
  await wordpress.php(activatePlugins([PLUGIN]))
  await wordpress.cron()
}

/** The port is part of the site's address, which WordPress and the API remember: it stays. */
async function choosePort(state: State): Promise<number> {
  const known = state.demo.wordpressPort
  if (known === undefined) {
    const port = await freePort(DEFAULT_PORT)
    remember(state, { wordpressPort: port })
    return port
  }
  if (await isFree(known)) return known
  throw new Error(
    `port ${known}, at which the demo site was made, is taken: free it, or start over with npm start -- --fresh`,
  )
}
