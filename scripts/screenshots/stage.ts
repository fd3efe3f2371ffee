import { join } from 'node:path'
import { type Api, startApi } from '../api.ts'
import { type Client, createClient } from '../lib/client.ts'
import { temporaryFolder } from '../lib/paths.ts'
import { freePort } from '../lib/ports.ts'
import { waitFor } from '../lib/wait.ts'
import { connectPlugin, startDemoWordPress } from '../start/demo-wordpress.ts'
import { DEMO_VARS, seedSite, signIn, verifyConnection } from '../start/seed.ts'
import type { State } from '../start/state.ts'
import { disturb } from '../wordpress/disturb.ts'
import type { WordPress } from '../wordpress/types.ts'

/** Somebody who has just signed up. */
export const NEWCOMER = { name: 'Nora Newcomer', email: 'nora@igny8.test', password: 'correct horse battery' } as const
const RUN_TIMEOUT_MS = 60_000

/** What the pictures are taken of: the API, a WordPress with the demo's content connected to it, and a person without a site. */
export interface Stage {
  api: Api
  wordpress: WordPress
  client: Client
  siteId: string
  /** A site that was never connected. */
  emptySiteId: string
  integration: string
  sync: (direction: string) => Promise<void>
  test: () => Promise<void>
  /** Puts PHP before everything that WordPress does; null takes it away. */
  disturb: (php: string | null) => void
}

type Run = { id: string; status: string }

export async function openStage(): Promise<Stage> {
  const folder = temporaryFolder('screenshots')
  const state: State = {
    folder,
    apiFolder: join(folder, 'api'),
    wordpressFolder: join(folder, 'wordpress'),
    logFile: join(folder, 'log'),
    demo: { wordpressPort: await freePort() },
  }
  const port = await freePort()
  const [api, wordpress] = await Promise.all([
    startApi({ port, folder: state.apiFolder, vars: DEMO_VARS }),
    startDemoWordPress(state),
  ])
  const client = await signIn(api.url)
  await connectPlugin(wordpress, api.url, await seedSite(client, state, wordpress.url))
  await verifyConnection(client, state)
  const siteId = state.demo.siteId ?? ''
  const list = await client.get<{ results: { id: string }[] }>(`/integration/integrations/?site_id=${siteId}`)
  const integration = `/integration/integrations/${list.results[0]?.id}`
  const { id: emptySiteId } = await client.post<{ id: string }>('/sites/', {
    name: 'Garden blog',
    url: 'https://garden.example',
  })
  await createClient(api.url).post('/auth/sign-up/email', NEWCOMER)
  return {
    api,
    wordpress,
    client,
    siteId,
    emptySiteId,
    integration,
    sync: async (direction) => {
      const { id } = await client.post<Run>(`${integration}/sync/`, { direction })
      await waitFor('the end of the run', RUN_TIMEOUT_MS, async () => {
        const { last_run: last } = await client.get<{ last_run: Run | null }>(`${integration}/sync-status/`)
        return last?.id === id ? true : undefined
      })
    },
    test: () => client.post(`${integration}/test-connection/`, {}),
    disturb: (php) => disturb(wordpress, php),
  }
}
