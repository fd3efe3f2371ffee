/** What the deployment costs by itself, and what an outage and the end of a site cost. */
import type { Lab } from '../lab.ts'
import type { LabSite } from '../site.ts'

const REPEATS = 3
const MINUTE_MS = 60_000
/** Checks that fail before the site is back. */
const FAILING_CHECKS = 4
export const PRUNED = 500
const OLD_ID = 'evt_0000000'

/** Ticks of the cron with nothing to do, and questions of a monitor. */
export async function idle(lab: Lab): Promise<void> {
  for (let n = 0; n < REPEATS; n++) {
    await lab.forget()
    await lab.tick({ withSizes: true })
    await lab.note('tick-with-sizes')
    await lab.advance(MINUTE_MS)
    await lab.forget()
    await lab.tick()
    await lab.note('tick')
    await lab.send('GET /healthz')
    await lab.note('monitoring')
    await lab.request('GET /assets/index.js')
    await lab.note('app-file')
  }
}

/** A tick that deletes events whose time is over. */
export async function prune(lab: Lab, site: LabSite): Promise<void> {
  const database = await lab.runtime.miniflare.getD1Database('EVENTS', 'syncing')
  const row = await database
    .prepare('SELECT * FROM sync_events WHERE integration_id = ?')
    .bind(site.integrationId)
    .first()
  if (!row) throw new Error('the site has no events')
  const columns = Object.keys(row)
  const sql = `INSERT INTO sync_events (${columns.join()}) VALUES (${columns.map(() => '?').join()})`
  const old = Array.from({ length: PRUNED }, (_, n) => ({ ...row, id: `${OLD_ID}${String(n).padStart(25, '0')}` }))
  await database.batch(old.map((event) => database.prepare(sql).bind(...Object.values(event))))
  await lab.forget()
  await lab.tick()
  await lab.note('pruning-tick')
}

/** The site is away for some checks, people are told, and it comes back. */
export async function breakDown(lab: Lab, site: LabSite): Promise<void> {
  await site.toNextAlarm()
  await lab.forget()
  site.model.faults = { request: () => ({ kind: 'reset', when: 'before' }) }
  for (let n = 0; n < FAILING_CHECKS; n++) {
    await site.rest()
    await site.toNextAlarm()
  }
  await lab.note('outage')
  await lab.tick()
  await lab.note('telling-tick')
  site.model.faults = {}
  await site.rest()
  await site.fire()
  await lab.advance(2 * 60 * MINUTE_MS)
  await lab.note('outage', 0)
  await lab.tick()
  await lab.note('telling-tick', 0)
}

/** The site is deleted in IGNY8. */
export async function remove(lab: Lab, site: LabSite): Promise<void> {
  await site.rest()
  await lab.forget()
  await site.byPerson(`DELETE /api/v1/sites/${site.siteId}`)
  await lab.note('site-deleted')
}
