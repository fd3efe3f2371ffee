import type { ItemFault } from './record.ts'

const FIXES: Readonly<Record<string, string>> = {
  parent_not_sent: 'Send the parent first, or choose another one.',
  parent_cycle: 'Choose a parent that is not below the item itself.',
  media_not_found: 'Choose an image that can be opened in a browser.',
  content_altered:
    'Remove the characters that the site’s database cannot store, or ask the host for the utf8mb4 character set.',
}
const DEFAULT_FIX = 'Correct what detail names and send the item again.'

/** Why an item could not be sent, with what its editor can do. */
export const faultOf = (code: string, detail: string): ItemFault => ({ code, detail, fix: FIXES[code] ?? DEFAULT_FIX })
