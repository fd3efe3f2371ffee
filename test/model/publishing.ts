import type { Site } from './site.ts'
import { CommandFailure, type ModelPost, type PostChanges } from './types.ts'

/** The clocks of both sides may be five minutes apart; WordPress adds a minute. */
const SKEW_S = 6 * 60

/** What the plugin keeps WordPress from deciding by the date alone: see Publishing_Rules.php. */
export function settlePublishing(site: Site, changes: PostChanges, post: ModelPost | null): PostChanges {
  const dateS = changes.dateS === undefined ? (post?.dateS ?? null) : changes.dateS
  const aheadS = dateS === null ? 0 : dateS - site.timeS()
  if (changes.status === 'future') {
    if (dateS === null) throw new CommandFailure('invalid_field', 'date: Scheduling needs a date to come.')
    if (aheadS <= 0) throw new CommandFailure('schedule_passed', 'The time to publish this post has passed.', true)
  }
  const isBySkew = typeof changes.dateS === 'number' && aheadS > 0 && aheadS <= SKEW_S
  return changes.status === 'publish' && isBySkew ? { ...changes, dateS: site.timeS() } : changes
}
