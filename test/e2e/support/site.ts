import type { Client } from '../../../scripts/lib/client.ts'
import { PLUGIN } from '../../../scripts/lib/paths.ts'
import { type ContentAmounts, PRODUCTS_MU_PLUGIN, createContent } from '../../../scripts/wordpress/content.ts'
import { startWordPress } from '../../../scripts/wordpress/native.ts'
import type { WordPress, WordPressOptions } from '../../../scripts/wordpress/types.ts'
import { type Admin, openAdmin } from './admin.ts'
import type { World } from './world.ts'

/** A real WordPress, and the same site in IGNY8 with a key. */
export type Site = { wordpress: WordPress; admin: Admin; siteId: string; keyId: string; apiKey: string }

export type Integration = { id: string; connection: string; connection_reason: string | null; site_url: string }
type Row = { label: string; count: number; enabled: boolean }
export type ContentTypes = {
  connection: string
  last_structure_fetch: string | null
  post_types: Record<string, Row>
  taxonomies: Record<string, Row>
}

const AMOUNTS: ContentAmounts = {
  posts: 11,
  pages: 4,
  products: 3,
  categories: 5,
  tags: 6,
  productCategories: 2,
  productTags: 1,
}

/** Boots WordPress with some content, the plugin active and pointed at this world's API, and not connected yet. */
export async function startSite(world: World, options: WordPressOptions = {}, headers = {}): Promise<Site> {
  const wordpress = await startWordPress({
    plugins: [PLUGIN],
    pluginsAs: 'copy',
    muPlugins: [PRODUCTS_MU_PLUGIN],
    ...options,
    define: { IGNY8_API_URL: world.url, ...options.define },
  })
  await wordpress.php(createContent(AMOUNTS))
  const admin = await openAdmin(wordpress.url, headers)
  return { wordpress, admin, ...(await addSite(world.owner, wordpress.url)) }
}

/** Adds a site to IGNY8 and makes a key for it. */
export async function addSite(owner: Client, url: string): Promise<Pick<Site, 'siteId' | 'keyId' | 'apiKey'>> {
  const { id: siteId } = await owner.post<{ id: string }>('/sites/', { name: 'A shop', url })
  const made = await owner.post<{ id: string; key: string }>(`/sites/${siteId}/api-keys/`, { name: 'Plugin' })
  return { siteId, keyId: made.id, apiKey: made.key }
}

/** The integration of a site, as the account's owner sees it. */
export async function findIntegration(
  { owner }: World,
  { siteId }: Pick<Site, 'siteId'>,
): Promise<Integration | undefined> {
  const list = await owner.get<{ results: Integration[] }>(`/integration/integrations/?site_id=${siteId}`)
  return list.results[0]
}

/** What the Content Types tab would show. */
export async function readContentTypes(world: World, site: Site): Promise<ContentTypes> {
  const integration = await findIntegration(world, site)
  if (!integration) throw new Error(`${site.siteId} has no integration`)
  return world.owner.get<ContentTypes>(`/integration/integrations/${integration.id}/content-types/`)
}

/** Everything in the options table, as text. */
export const dumpOptions = ({ wordpress }: Site): Promise<string> =>
  wordpress.php(`foreach ( $wpdb->get_results( "SELECT option_name, option_value FROM $wpdb->options" ) as $row ) {
    echo $row->option_name, '=', $row->option_value, "\\n"; }`)

/** Makes an event of the plugin due and runs cron. */
export async function runEvent({ wordpress }: Site, event: string): Promise<void> {
  await wordpress.php(`$at = wp_next_scheduled( '${event}' );
    if ( ! $at ) { fwrite( STDERR, '${event} is not planned' ); exit( 1 ); }
    $event = wp_get_scheduled_event( '${event}' );
    wp_unschedule_event( $at, '${event}' );
    if ( $event->schedule ) { wp_schedule_event( time() - 5, $event->schedule, '${event}' ); }
    else { wp_schedule_single_event( time() - 5, '${event}' ); }
    delete_transient( 'doing_cron' );`)
  await wordpress.cron()
}
