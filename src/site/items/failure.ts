import { ERRORS } from '../../contract/errors.ts'
import { backoffMs, type Backoff } from '../../lib/backoff.ts'
import { isWaiting, type ItemFault, type ItemRecord } from './record.ts'

/** What an editor can do about a failed item, by the code of the failure. */
const FIXES: Readonly<Record<string, string>> = {
  item_too_large: 'Shorten the item in WordPress, or move large embedded data into the media library.',
  invalid_utf8: 'Open the item in WordPress and save it again; its text is stored in a broken encoding.',
  parent_not_sent: 'Send the parent first, or choose another one.',
  parent_cycle: 'Choose a parent that is not below the item itself.',
  media_not_found: 'Choose an image that can be opened in a browser.',
  content_altered: 'Change the setting of the plugin that detail names, or write the text the way it leaves it.',
  not_permitted:
    'In WordPress, give the user that detail names this capability, or choose another user under Settings → IGNY8.',
  acting_user_unusable: 'In wp-admin, choose another user under Settings → IGNY8.',
  author_not_found: 'Choose another author, or map the name to a WordPress user in the settings of the site.',
  not_storable:
    'Remove the characters that the site’s database cannot store, or ask the host for the utf8mb4 character set.',
  post_locked: 'It is sent as soon as the post is closed there.',
  images_pending: 'The site fetches the rest of them in a moment, and then writes the text.',
  schedule_passed: 'It is published with this date in a moment.',
  seo_unavailable: ERRORS.seo_unavailable.fix,
  body_read_only: ERRORS.body_read_only.fix,
  type_denied: ERRORS.type_denied.fix,
  post_left_alone: ERRORS.post_left_alone.fix,
  trash_off: ERRORS.trash_off.fix,
  not_in_trash: ERRORS.not_in_trash.fix,
  invalid_text: 'Open the item in WordPress, remove the broken characters and save it again.',
  request_refused:
    'Ask the host which rule of the firewall refuses this text, and have /wp-json/igny8/v1/ exempted from it.',
  post_of_other_item: 'Update the plugin on the site: it then tells a copy of a post from the post itself.',
  request_interrupted: 'Ask the host or the developer of the site which plugin stops PHP when this post is saved.',
}
const SEND_AGAIN = 'Correct what detail names and send the item again.'
const SAVE_AGAIN = 'Open the item in WordPress and save it again; if that does not help, tell support the item’s id.'

/** Why an item could not be sent to the site. */
export const pushFault = (
  code: string,
  detail: string,
  facts: Pick<ItemFault, 'alteration' | 'permission'> = {},
): ItemFault => ({
  code,
  detail,
  fix: FIXES[code] ?? SEND_AGAIN,
  ...(facts.alteration && { alteration: facts.alteration }),
  ...(facts.permission && { permission: facts.permission }),
})

/** Why the site's document of an item could not be used. */
export const importFault = (code: string, detail: string): ItemFault => ({
  code,
  detail,
  fix: FIXES[code] ?? SAVE_AGAIN,
})

const ITEM_BACKOFF: Backoff = { firstMs: 60_000, longestMs: 6 * 3_600_000, jitter: 0.5 }

/** Delay in milliseconds before a failed item is retried: one minute to six hours, with jitter. */
export function itemBackoffMs(attempt: number, random: number): number {
  return backoffMs(ITEM_BACKOFF, attempt, random)
}

/**
 * A post that is open in WordPress' editor is retried this often, and one with images that are still to be fetched. The
 * lock lasts as long as the tab is open.
 */
const LOCK_RETRY_MS = 20_000

/** When an item is tried again, in milliseconds since 1970; null for one that waits until the site allows it again. */
function retryTime(fault: ItemFault, attempts: number, now: number, random: number): number | null {
  if (fault.code === 'type_denied' || fault.code === 'post_left_alone') return null
  return now + (isWaiting(fault) ? LOCK_RETRY_MS : itemBackoffMs(attempts, random))
}

/**
 * Marks an item as failed, or as waiting, and schedules its retry.
 * @param since when the reason began, in milliseconds since 1970, if the site knows it
 */
export function failRecord(
  record: ItemRecord,
  fault: ItemFault,
  { now, random }: { now: () => number; random: () => number },
  since?: number,
): ItemRecord {
  const attempts = isWaiting(fault) ? record.attempts : record.attempts + 1
  const errorSince = record.error?.code === fault.code ? record.errorSince : null
  return {
    ...record,
    error: fault,
    // the site's clock may be ahead
    errorSince: since === undefined ? (errorSince ?? now()) : Math.min(since, now()),
    attempts,
    retryAt: retryTime(fault, attempts, now(), random()),
  }
}
