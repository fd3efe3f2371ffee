import { expect } from 'vitest'
import { phpString } from '../../../scripts/wordpress/config.ts'
import { waitFor } from '../../../scripts/lib/wait.ts'
import type { Desk } from './desk.ts'
import type { Lab } from './lab.ts'

const ARRIVAL_MS = 20_000

/** What the site knows of its requests to itself, and whether cron has ever run there. */
interface Delivery {
  waiting: number
  failures: number
  has_cron_run: boolean
}

export const readDelivery = async (lab: Lab): Promise<Delivery> =>
  JSON.parse(
    await lab.run(`
  $loopback = (array) get_option( 'igny8_loopback', array() );
  echo wp_json_encode( array(
    'waiting' => (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}igny8_outbox" ),
    'failures' => (int) ( $loopback['failures'] ?? 0 ),
    'has_cron_run' => false !== get_option( 'igny8_cron_last_run_at' ) ) );`),
  ) as Delivery

/** Gives a post another title, in a request that a client waits for. */
export async function editPost(lab: Lab, title: string, known: string): Promise<void> {
  await lab.run(`
    $found = get_posts( array( 'title' => ${phpString(known)}, 'post_status' => 'any', 'numberposts' => 1 ) );
    wp_update_post( array( 'ID' => $found[0]->ID, 'post_title' => ${phpString(title)} ) );`)
}

/** An edit in WordPress arrives in IGNY8 although nothing runs the site's cron: the site has called itself. */
export async function expectEditsAtOnce(lab: Lab, desk: Desk, known: string): Promise<void> {
  const title = `${known}, edited`
  await editPost(lab, title, known)
  await waitFor('the edit in IGNY8', ARRIVAL_MS, async () =>
    (await desk.items()).some((item) => item.title === title) ? true : undefined,
  )
  expect(await readDelivery(lab)).toEqual({ waiting: 0, failures: 0, has_cron_run: false })
}
