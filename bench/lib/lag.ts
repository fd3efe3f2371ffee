import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '../../scripts/lib/client.ts'
import { PLUGIN } from '../../scripts/lib/paths.ts'
import { waitFor } from '../../scripts/lib/wait.ts'
import { phpString } from '../../scripts/wordpress/config.ts'
import { type MariaDb, startMariaDb } from '../../scripts/wordpress/mariadb.ts'
import { startWordPress } from '../../scripts/wordpress/native.ts'
import type { WordPress, WordPressOptions } from '../../scripts/wordpress/types.ts'
import { type Admin, openAdmin } from '../../test/e2e/support/admin.ts'
import { addSite } from '../../test/e2e/support/site.ts'
import { median, quantile } from './compare.ts'
import type { Row } from './report.ts'
import type { Runtime } from './runtime.ts'

const EDITS = 30
const EDIT_EVERY_MS = 1000
const LOOK_EVERY_MS = 20
const SYNC_MS = 60_000
const ARRIVAL_MS = 120_000

interface SetUp {
  /** Of the row. */
  name: string
  options: Pick<WordPressOptions, 'web' | 'define'>
}
const SET_UPS: SetUp[] = [
  { name: 'lag of an edit, PHP-FPM', options: { web: 'fpm', define: { DISABLE_WP_CRON: false } } },
  { name: 'lag of an edit, mod_php', options: { web: 'mod_php', define: { DISABLE_WP_CRON: false } } },
  { name: 'lag of an edit, mod_php, DISABLE_WP_CRON', options: { web: 'mod_php', define: { DISABLE_WP_CRON: true } } },
]

type Client = ReturnType<typeof createClient>
type Items = { results: { id: string; title: string }[] }

/** Connects as `wp igny8 connect` does, and syncs what is there. */
async function connect(wordpress: WordPress, owner: Client, siteId: string, key: string): Promise<void> {
  const said = await wordpress.php(`
    $failure = Igny8\\Bridge\\Plugin::instance()->connector->connect( Igny8\\Bridge\\Connection\\Credentials::of_key( ${phpString(key)} ) )->failure();
    echo null === $failure ? '' : $failure->reason();`)
  if (said !== '') throw new Error(`the site does not connect: ${said}`)
  const list = await owner.get<{ results: { id: string }[] }>(`/integration/integrations/?site_id=${siteId}`)
  const base = `/integration/integrations/${list.results[0]?.id}`
  const { id } = await owner.post<{ id: string }>(`${base}/sync/`, { direction: 'both' })
  await waitFor('the first sync', SYNC_MS, async () => {
    const { status } = await owner.get<{ status: string }>(`${base}/runs/${id}/`)
    return status === 'succeeded' ? true : undefined
  })
}

/** Saves a post as the block editor does. @returns how long that took, in milliseconds */
async function save(admin: Admin, id: number, title: string): Promise<number> {
  const started = performance.now()
  await admin.rest('POST', `/wp/v2/posts/${id}`, { title })
  return performance.now() - started
}

/** Edits one post every second and looks at its item all the while. @returns milliseconds, edit by edit */
async function edit(admin: Admin, owner: Client, siteId: string, id: number) {
  const { results } = await owner.get<Items>(`/sites/${siteId}/content/?limit=200`)
  const first = results.find(({ title }) => title === 'Edit 0')
  if (!first) throw new Error('the post to edit has not arrived')
  const path = `/sites/${siteId}/content/${first.id}/`
  const began: number[] = []
  const seen: number[] = []
  const saves: number[] = []
  const end = Date.now() + ARRIVAL_MS
  const watch = async () => {
    while (seen.length < EDITS) {
      if (Date.now() > end) throw new Error(`${EDITS - seen.length} edits have not arrived in ${ARRIVAL_MS} ms`)
      const { title } = await owner.get<{ title: string }>(path)
      const now = performance.now()
      // an edit is there as soon as it or a later one is
      while (seen.length < Number(title.slice('Edit '.length))) seen.push(now)
      await pause(LOOK_EVERY_MS)
    }
  }
  const watching = watch()
  for (let number = 1; number <= EDITS; number++) {
    const next = performance.now() + EDIT_EVERY_MS
    began.push(performance.now())
    saves.push(await save(admin, id, `Edit ${number}`))
    await pause(Math.max(0, next - performance.now()))
  }
  await watching
  return { lags: seen.map((at, index) => at - (began[index] ?? Number.NaN)), saves }
}

async function measureSetUp(runtime: Runtime, token: string, mariaDb: MariaDb, { name, options }: SetUp): Promise<Row> {
  const api = (await runtime.url('syncing')).href.replace(/\/$/, '')
  const owner = createClient(api, token)
  const define = { IGNY8_API_URL: api, ...options.define }
  const wordpress = await startWordPress({ ...options, define, database: mariaDb, plugins: [PLUGIN] })
  try {
    const admin = await openAdmin(wordpress.url)
    const { id } = await admin.rest<{ id: number }>('POST', '/wp/v2/posts', { title: 'Edit 0', status: 'publish' })
    const before: number[] = []
    for (let number = EDITS; number >= 0; number--) before.push(await save(admin, id, `Edit ${number}`))
    const { siteId, apiKey } = await addSite(owner, wordpress.url)
    await connect(wordpress, owner, siteId, apiKey)
    const { lags, saves } = await edit(admin, owner, siteId, id)
    return {
      name,
      against: `from a save in wp-admin until the API shows the item so: p95 of ${EDITS} edits, one second apart.`,
      value: Math.round(quantile(lags, 0.95)),
      unit: 'ms',
      target: { atMost: 3000 },
      details: {
        'p50 ms': Math.round(median(lags)),
        'longest ms': Math.round(Math.max(...lags)),
        'p50 ms of a save': Math.round(median(saves)),
        'p50 ms of a save before the site connected': Math.round(median(before)),
      },
    }
  } finally {
    await wordpress.stop()
  }
}

export const hasLag = (isWanted: (name: string) => boolean) => SET_UPS.some(({ name }) => isWanted(name))

/** How soon an edit in a real WordPress is seen in the API, by the way in which PHP runs. */
export async function measureLag(runtime: Runtime, token: string, isWanted: (name: string) => boolean): Promise<Row[]> {
  const mariaDb = await startMariaDb()
  const rows: Row[] = []
  for (const setUp of SET_UPS.filter(({ name }) => isWanted(name)))
    rows.push(await measureSetUp(runtime, token, mariaDb, setUp))
  await mariaDb.stop()
  return rows
}
