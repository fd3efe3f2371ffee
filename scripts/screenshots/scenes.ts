import type { Page } from 'playwright-core'
import type { Stage } from './stage.ts'

/** One screen in one state. `arrange` brings the state about once; `act` is done in each picture's own page. */
export interface Scene {
  name: string
  /** Who looks: nobody, the demo user, or somebody who has no site yet. */
  as?: 'nobody' | 'newcomer'
  path: (stage: Stage) => string
  arrange?: (stage: Stage) => Promise<unknown>
  act?: (page: Page) => Promise<unknown>
  /** Kept in `docs/images` under this name, of these schemes and sizes. */
  docs?: string[]
}

type Item = { id: string; title: string; external_id: string | null }

const onSite = (page: string) => (stage: Stage) => `/sites/${stage.siteId}/${page}`
const tab = onSite('content-types')

/** An item by its title, as the API lists it. */
async function findItem({ client, siteId }: Stage, title: string): Promise<Item> {
  const query = new URLSearchParams({ q: title, limit: '200' })
  const { results } = await client.get<{ results: Item[] }>(`/sites/${siteId}/content/?${query}`)
  const found = results.find((item) => item.title === title)
  if (!found) throw new Error(`no item called ${title}`)
  return found
}

/** An item's own page; found when the picture is taken, since ids are only known then. */
let itemPath = ''

const openItem = (title: string, prepare?: (stage: Stage, item: Item) => Promise<unknown>) => async (stage: Stage) => {
  const item = await findItem(stage, title)
  await prepare?.(stage, item)
  itemPath = `/sites/${stage.siteId}/items/${item.id}`
}

/** Both sides change the same fields; the site's change is not known yet when ours is made. */
async function makeConflict(stage: Stage, item: Item): Promise<void> {
  const body =
    '<!-- wp:paragraph --><p>Roses need six hours of sun a day, and water at their feet.</p><!-- /wp:paragraph -->'
  const theirs = body.replace('six hours of sun', 'eight hours of sun').replace('at their feet', 'in the morning')
  await stage.wordpress.php(
    `global $wpdb; $wpdb->update( $wpdb->posts, array( 'post_title' => 'Roses, an introduction', 'post_content' => ${JSON.stringify(theirs)} ), array( 'ID' => ${item.external_id} ) ); clean_post_cache( ${item.external_id} );`,
  )
  await stage.client.patch(`/sites/${stage.siteId}/content/${item.id}/`, { title: 'Roses for beginners', body })
  await stage.sync('both')
}

const slow = `if ( false !== strpos( $_SERVER['REQUEST_URI'] ?? '', 'igny8' ) ) { usleep( 8000000 ); }`
const deactivated = `require_once ABSPATH . 'wp-admin/includes/plugin.php';
  deactivate_plugins( array_filter( get_option( 'active_plugins' ), static fn ( $file ) => false !== strpos( $file, 'igny8' ) ) );`

export const SCENES: Scene[] = [
  { name: 'sign-in', as: 'nobody', path: () => '/sign-in' },
  { name: 'sign-up', as: 'nobody', path: () => '/sign-up' },
  { name: 'sites-empty', as: 'newcomer', path: () => '/sites' },
  { name: 'sites', path: () => '/sites' },
  { name: 'new-site', path: () => '/sites/new' },
  { name: 'onboarding', path: ({ emptySiteId }) => `/sites/${emptySiteId}/connect` },
  { name: 'tab-not-connected', path: ({ emptySiteId }) => `/sites/${emptySiteId}/content-types` },
  { name: 'items-empty', path: ({ emptySiteId }) => `/sites/${emptySiteId}/items` },
  { name: 'activity-empty', path: ({ emptySiteId }) => `/sites/${emptySiteId}/activity` },
  {
    name: 'tab-syncing',
    path: tab,
    arrange: async (stage) => {
      stage.disturb(slow)
      await stage.client.post(`${stage.integration}/sync/`, { direction: 'from_external' })
    },
    act: (page) => page.getByRole('progressbar', { name: 'Progress: Posts' }).waitFor({ state: 'attached' }),
    docs: ['light-desktop'],
  },
  {
    name: 'tab-connected',
    path: tab,
    arrange: async (stage) => {
      stage.disturb(null)
      await stage.sync('both')
    },
    docs: ['light-desktop', 'dark-desktop', 'light-phone'],
  },
  { name: 'items', path: onSite('items') },
  { name: 'items-nothing-found', path: onSite('items?q=zzzz') },
  { name: 'item', path: () => itemPath, arrange: openItem('Post 7') },
  {
    name: 'item-edit',
    path: () => itemPath,
    arrange: openItem('Post 7'),
    act: async (page) => {
      await page.getByRole('button', { name: 'Edit', exact: true }).click()
      await page.getByRole('textbox', { name: 'Body' }).waitFor()
    },
  },
  { name: 'item-conflict', path: () => itemPath, arrange: openItem('Post 9', makeConflict), docs: ['light-desktop'] },
  { name: 'items-conflict', path: onSite('items?state=conflict') },
  { name: 'activity', path: onSite('activity') },
  { name: 'connection', path: onSite('connection') },
  { name: 'settings', path: onSite('settings') },
  { name: 'members', path: () => '/members' },
  { name: 'account', path: () => '/account' },
  { name: 'usage', path: () => '/usage' },
  { name: 'audit', path: () => '/audit' },
  { name: 'notifications-empty', path: () => '/notifications' },
  {
    name: 'notifications',
    path: () => '/notifications',
    arrange: async ({ client }) => {
      for (const [name, host] of Object.entries({ 'Operations pager': 'pager', 'Chat bridge': 'chat' }))
        await client.post('/notifications/endpoints/', { name, url: `https://${host}.example.com/igny8` })
    },
  },
  {
    name: 'notifications-add',
    path: () => '/notifications',
    act: (page) => page.getByRole('button', { name: 'Add a webhook' }).click(),
  },
  { name: 'not-found', path: () => '/nothing/here' },
  {
    name: 'tab-degraded',
    path: tab,
    arrange: async (stage) => {
      await stage.wordpress.php(deactivated)
      await stage.test()
    },
    docs: ['light-desktop'],
  },
  { name: 'connection-degraded', path: onSite('connection') },
  {
    name: 'tab-disabled',
    path: tab,
    arrange: async (stage) => {
      await stage.client.patch(`${stage.integration}/`, { is_active: false })
    },
  },
  {
    name: 'tab-key-revoked',
    path: tab,
    arrange: async ({ client, integration, siteId }) => {
      await client.patch(`${integration}/`, { is_active: true })
      const { results } = await client.get<{ results: { id: string; status: string }[] }>(`/sites/${siteId}/api-keys/`)
      for (const key of results.filter(({ status }) => status === 'active'))
        await client.delete(`/sites/${siteId}/api-keys/${key.id}/`)
    },
  },
]
