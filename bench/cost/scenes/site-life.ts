/** What a site costs by itself: connecting, the first import, polls, checks, and changes in both directions. */
import { IDLE_INTERVAL_S, QUIET_INTERVAL_S } from '../../../src/contract/polling.ts'
import type { Counted } from '../../lib/counted.ts'
import type { Lab } from '../lab.ts'
import { LabSite, type Person } from '../site.ts'
import { AWAKE_MS } from '../../../src/site/replica/tables/transport.ts'

const HOUR_MS = 3_600_000
const CALLED_MS = 27 * HOUR_MS
const POLLED_MS = 4 * HOUR_MS
/** A pause after which the object starts anew and the last webhook is no longer near. */
const PAUSE_MS = 60_000
const REPEATS = 3
/** Enough for a clock of processor time that ticks every 10 ms. */
const WARM_POLLS = 100

/** Connects a site and imports its items; every one of them may be fetched. */
export async function connectAndImport(lab: Lab, person: Person, items: number): Promise<LabSite> {
  await lab.forget()
  const site = await LabSite.connect(lab, person, items)
  await site.byKey(`POST ${site.path}/update-structure`, site.structure())
  await site.fire()
  await lab.note('connect')
  await site.byPerson(`PATCH ${site.path}/content-types`, { post_types: { post: { fetch_limit: 1_000_000 } } })
  await lab.note('settings')
  await site.byKey(`POST ${site.path}/sync`, { direction: 'both' })
  await site.fire()
  await lab.note('first-import')
  return site
}

/**
 * Polls that bring nothing, and the alarms between them. A site that is called is followed until its daily drift check is
 * over, one that polls for some hours: nothing in its polls happens less often than once an hour.
 */
export async function liveOn(site: LabSite): Promise<void> {
  const { lab, isPolling } = site
  const [suffix, everyMs] = isPolling ? ['-polling', QUIET_INTERVAL_S * 1000] : ['', IDLE_INTERVAL_S * 1000]
  const poll = isPolling ? 'idle-poll' : 'standby-poll'
  const kindOf = ({ messages, siteRequests }: Counted) =>
    messages.includes('run ended') ? `drift-check${suffix}` : siteRequests > 0 ? `health-check${suffix}` : poll
  const end = lab.now() + (isPolling ? POLLED_MS : CALLED_MS)
  let nextAlarm = (await site.fire()) ?? Infinity
  // nobody uses it any more
  await lab.advance(AWAKE_MS)
  await site.pollIdly()
  await lab.forget()
  for (let n = 0; n < WARM_POLLS; n++) await site.pollIdly()
  await lab.noteWarm(poll, WARM_POLLS)
  for (let polls = 1; lab.now() < end; polls++) {
    await lab.advance(everyMs)
    await site.rest()
    await site.pollIdly()
    if (nextAlarm > lab.now()) continue
    await lab.note(poll, polls)
    polls = 0
    await site.rest()
    nextAlarm = (await site.fire()) ?? Infinity
    // an alarm that finds nothing to do belongs to the polls, which move what it waits for
    await lab.note(kindOf, (counted) => (kindOf(counted) === poll ? 0 : 1))
  }
}

async function checkDriftByPolling(site: LabSite): Promise<void> {
  await site.rest()
  await site.lab.forget()
  await site.byKey(`POST ${site.path}/check-drift`, {})
  await site.work()
  await site.lab.note('drift-check-polling')
}

/** Webhooks of a post that is as it was, and of one that was edited. */
async function receiveWebhooks(site: LabSite, suffix: string): Promise<void> {
  for (let n = 0; n < REPEATS; n++) {
    site.edit(`Edited there ${site.lab.now()}`)
    await site.lab.advance(PAUSE_MS)
    await site.rest()
    await site.lab.forget()
    await site.deliver()
    await site.lab.note(`edit-there${suffix}`)
    await site.lab.advance(PAUSE_MS)
    await site.rest()
    await site.lab.forget()
    site.touch()
    await site.deliver()
    await site.lab.note(`webhook-unchanged${suffix}`)
  }
}

/** Edits in IGNY8, until the site has them. */
async function sendEdits(site: LabSite, suffix: string): Promise<void> {
  const item = await site.itemId()
  for (let n = 0; n < REPEATS; n++) {
    await site.lab.advance(PAUSE_MS)
    await site.rest()
    await site.lab.forget()
    const title = `Edited here ${site.lab.now()}`
    await site.byPerson(`PATCH /api/v1/sites/${site.siteId}/content/${item}`, { title })
    await site.work()
    await site.lab.note(`edit-here${suffix}`)
    if (site.model.post(site.postId).title !== title) throw new Error('the edit did not reach the site')
  }
}

/** "Sync now", and the daily push of the structure, with nothing changed. */
async function changeNothing(site: LabSite, suffix: string): Promise<void> {
  for (let n = 0; n < REPEATS; n++) {
    await site.lab.advance(PAUSE_MS)
    await site.rest()
    await site.lab.forget()
    await site.byPerson(`POST ${site.path}/sync`, { direction: 'both' })
    await site.work()
    await site.lab.note(`sync-unchanged${suffix}`)
    await site.lab.advance(PAUSE_MS)
    await site.rest()
    await site.byKey(`POST ${site.path}/update-structure`, site.structure())
    await site.lab.note('structure-push')
  }
}

/** All of it for a site that is called, or that polls. */
export async function liveSite(site: LabSite): Promise<void> {
  const suffix = site.isPolling ? '-polling' : ''
  await receiveWebhooks(site, suffix)
  await sendEdits(site, suffix)
  await changeNothing(site, suffix)
  if (site.isPolling) await checkDriftByPolling(site)
  await liveOn(site)
}
