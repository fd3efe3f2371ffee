// npm start: the API with the web app, a real WordPress with sample content, and the plugin connected. `-- --fresh` starts over.
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Api, startApi } from './api.ts'
import { buildAssets } from './build.ts'
import { freePort } from './lib/ports.ts'
import { ROOT } from './lib/paths.ts'
import { elapsed, formatDuration, step } from './lib/progress.ts'
import { endWithParent, isShuttingDown, stopEverything } from './lib/shutdown.ts'
import { publishLocally } from './plugin/local.ts'
import { connectPlugin, startDemoWordPress } from './start/demo-wordpress.ts'
import {
  type ContentTypes,
  DEMO_USER,
  DEMO_VARS,
  readConnection,
  seedSite,
  signIn,
  verifyConnection,
} from './start/seed.ts'
import { type State, closeState, noteApi, openState } from './start/state.ts'
import { ADMIN } from './wordpress/install.ts'
import type { WordPress } from './wordpress/types.ts'

const API_PORT = 8787
const CRON_INTERVAL_MS = 60_000

async function start(state: State): Promise<{ api: Api; wordpress: WordPress; types: ContentTypes }> {
  const port = await freePort(API_PORT)
  await step('Static assets and plugin zip', () => buildAssets(publishLocally(`http://127.0.0.1:${port}`)))
  const starting = step(`API on port ${port}`, () =>
    startApi({
      port,
      folder: state.apiFolder,
      vars: DEMO_VARS,
    }),
  )
  const [api, wordpress] = await Promise.all([starting, startDemoWordPress(state)])
  noteApi(state, api.url)
  const client = await step('Demo account', () => signIn(api.url))
  const isFirst = state.demo.siteId === undefined
  const apiKey = await seedSite(client, state, wordpress.url)
  const types = await step('Plugin connected', async () => {
    await connectPlugin(wordpress, api.url, apiKey)
    return isFirst ? verifyConnection(client, state) : readConnection(client, state)
  })
  return { api, wordpress, types }
}

function report(state: State, { api, wordpress, types }: Awaited<ReturnType<typeof start>>): void {
  const counts = [...Object.values(types.post_types), ...Object.values(types.taxonomies)]
  const isConnected = types.connection === 'ready'
  const connection = isConnected
    ? 'WordPress is connected'
    : `the connection of WordPress is as it was left: ${types.connection}`
  console.log(`
IGNY8 is running, and ${connection} (${formatDuration(elapsed())}).

  Open        ${api.url}/
              and press “Continue as the demo user” (${DEMO_USER.email}, ${DEMO_USER.password})
  Mails       ${api.url}/dev/mail
  API docs    ${api.url}/docs
  Plugin zip  ${api.url}/plugin/igny8-wordpress-bridge.zip
  WordPress   ${wordpress.url}/
  wp-admin    ${wordpress.url}/wp-admin/options-general.php?page=igny8
              sign in as ${ADMIN.user} with ${ADMIN.password}
  Content     ${counts.map(({ label, count }) => `${label} ${count}`).join(', ')}
  Logs        ${relative(ROOT, state.folder)}/

Ctrl-C ends it all; the data stays for the next npm start (npm start -- --fresh begins anew).`)
}

/** Does for the site what its visitors would and for the API what its Cron Trigger would, and fails when one of the two has ended by itself. */
async function keepRunning({ api, wordpress }: { api: Api; wordpress: WordPress }): Promise<never> {
  for (;;) {
    await api.cron().catch((error: unknown) => console.error(`the cron of the API did not tick: ${String(error)}`))
    await pause(CRON_INTERVAL_MS)
    if (!api.isRunning()) throw new Error('the API ended by itself')
    if (!wordpress.isRunning()) throw new Error('WordPress ended by itself')
    await wordpress.cron().catch((error: unknown) => console.error(`wp-cron.php did not answer: ${String(error)}`))
  }
}

async function main(): Promise<void> {
  const state = openState({ fresh: process.argv.includes('--fresh') })
  process.on('exit', () => closeState(state))
  endWithParent()
  try {
    const running = await start(state)
    report(state, running)
    await keepRunning(running)
  } catch (error) {
    if (isShuttingDown()) return
    writeFileSync(state.logFile, `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    throw error
  }
}

try {
  await main()
} catch (error) {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n')
  console.error(`✗ ${line} (logs: ${relative(ROOT, process.env.IGNY8_CACHE ?? '.cache')}/start)`)
  await stopEverything()
  process.exit(1)
}
