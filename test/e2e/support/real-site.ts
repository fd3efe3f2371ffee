import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { PLUGIN, temporaryFolder } from '../../../scripts/lib/paths.ts'
import { freePort } from '../../../scripts/lib/ports.ts'
import { startWordPress } from '../../../scripts/wordpress/native.ts'
import type { WordPress, WordPressOptions } from '../../../scripts/wordpress/types.ts'
import { addSite, findIntegration } from './site.ts'
import type { World } from './world.ts'

export interface RealItem {
  id: string
  type: string
  title: string
  body: string
  excerpt: string
  status: string
  date: string | null
  state: string
  overdue_since: string | null
  published_late_at: string | null
  external_id: string | null
  terms: Record<string, string[]>
  meta: Record<string, unknown>
  conflict: { fields: string[]; wordpress: { title: string; body: string } | null } | null
  error: { code: string; detail: string; fix: string | null } | null
}

interface Run {
  id: string
  status: string
  error: { code: string } | null
}

export interface RealSiteOptions extends WordPressOptions {
  /** PHP of a must-use plugin: what a real site's other plugins do. */
  mu?: string
  /** PHP that fills the site before it connects. */
  seed?: string
  /** Whether the API calls the site once it is connected, as a person's test does. */
  test?: boolean
}

/** A WordPress that connects by its constants, as a host sets one up, with another plugin's behaviour and some content. */
export async function openRealSite(
  world: World,
  { mu = '', seed = '', test = true, ...options }: RealSiteOptions = {},
) {
  const muFile = join(temporaryFolder('mu'), 'neighbour.php')
  writeFileSync(muFile, `<?php\n${mu}\n`)
  // the site is added to IGNY8 first: WordPress connects by its constants as soon as the plugin is activated
  const port = await freePort()
  const added = await addSite(world.owner, `http://127.0.0.1:${port}`)
  const wordpress = await startWordPress({
    ...options,
    port,
    plugins: [PLUGIN],
    muPlugins: [muFile, ...(options.muPlugins ?? [])],
    define: { IGNY8_API_URL: world.url, IGNY8_API_KEY: added.apiKey, ...options.define },
  })
  if (seed !== '') await wordpress.php(seed)
  const integration = await vi.waitFor(
    async () => {
      await wordpress.cron()
      const found = await findIntegration(world, { siteId: added.siteId })
      expect(found).toBeDefined()
      return found as NonNullable<typeof found>
    },
    { timeout: 40_000, interval: 250 },
  )
  const base = `/integration/integrations/${integration.id}`
  const content = `/sites/${added.siteId}/content/`
  if (test) await world.owner.post(`${base}/test-connection/`, {})
  return { ...createKit(world, wordpress, base, content), integration, siteId: added.siteId }
}

function createKit(world: World, wordpress: WordPress, base: string, content: string) {
  const { owner } = world
  const item = (id: string) => owner.get<RealItem>(`${content}${id}/`)
  const list = async (query = '') => (await owner.get<{ results: RealItem[] }>(`${content}?limit=200${query}`)).results
  return {
    owner,
    wordpress,
    base,
    content,
    php: (code: string) => wordpress.php(code),
    item,
    list,
    /** Starts a sync and waits for its end. */
    sync: async (direction = 'both', timeout = 60_000): Promise<Run> => {
      const { id } = await owner.post<Run>(`${base}/sync/`, { direction })
      return vi.waitFor(
        async () => {
          const run = await owner.get<Run>(`${base}/runs/${id}/`)
          expect(run.status).toMatch(/succeeded|failed|cancelled/)
          return run
        },
        { timeout, interval: 200 },
      )
    },
    byTitle: async (title: string): Promise<RealItem> => {
      const found = (await list(`&q=${encodeURIComponent(title)}`)).find((one) => one.title === title)
      if (!found) throw new Error(`no item “${title}”`)
      return item(found.id)
    },
    create: (body: object) =>
      owner.post<RealItem>(content, { type: 'post', body: '<p>b</p>', status: 'publish', ...body }),
    patch: (id: string, body: object) => owner.patch<RealItem>(`${content}${id}/`, body),
    contentTypes: () =>
      owner.get<{
        post_types: Record<string, { count: number; synced_count: number; enabled: boolean; decided_by: string }>
      }>(`${base}/content-types/`),
    stop: () => wordpress.stop(),
  }
}

export type RealSite = Awaited<ReturnType<typeof openRealSite>>
