/** After the load: faults have ended, and everything must come to rest in a bounded time, as the sites are. */
import { setTimeout as pause } from 'node:timers/promises'
import { Chance } from './chance.ts'
import { resolveConflicts } from './edits.ts'
import { endD1Faults } from './faults.ts'
import { type Load } from './load.ts'
import { findProblems, listItems } from './compare-site.ts'
import type { SoakSite } from './site.ts'

export interface Settled {
  seconds: number
  isInTime: boolean
  /** What is not as it must be, by site. */
  problems: string[]
}

const PAUSE_MS = 1_000
const RUN_MS = 90_000
const PARALLEL = 4

/** What people do once a site is well again: they send again what failed, and resolve conflicts. */
async function tidy(site: SoakSite, chance: Chance): Promise<void> {
  const { client, owner, content, path } = site
  const kind = 'settle'
  await site.model.deliverLate()
  await site.deliver()
  await client.sendUntilKnown(`POST ${path}/test-connection`, { kind, token: owner.token, body: {} })
  for (const { id } of await listItems(site, 'failed'))
    await client.sendUntilKnown(`POST ${content}/${id}/retry`, {
      kind,
      token: owner.token,
      body: {},
      expects: [404, 409],
    })
  await resolveConflicts(site, chance)
  await site.sync('both')
  await site.untilIdle(RUN_MS)
}

/** Runs through a list with a few at a time. */
export async function inParallel<T>(list: readonly T[], work: (value: T) => Promise<void>): Promise<void> {
  const waiting = [...list]
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next)
  }
  await Promise.all(Array.from({ length: PARALLEL }, lane))
}

/** Lets the sites come to rest, and compares each with its model. */
export async function settle(load: Load, limitMs: number): Promise<Settled> {
  const startedAt = Date.now()
  const chance = new Chance(load.seed, 'settle')
  await endD1Faults(load)
  for (const site of load.sites) {
    site.setWeather('well')
    site.isDisturbed = false
  }
  let waiting = [...load.sites]
  let problems: string[] = []
  while (waiting.length > 0 && Date.now() - startedAt < limitMs) {
    const left: SoakSite[] = []
    problems = []
    await inParallel(waiting, async (site) => {
      await tidy(site, chance)
      const found = await findProblems(site)
      if (found.length === 0) return
      left.push(site)
      problems.push(...found.map((problem) => `${site.siteId}: ${problem}`))
    })
    waiting = left
    if (waiting.length > 0) await pause(PAUSE_MS)
  }
  const isAtRest = await isQuiet(load, startedAt + limitMs)
  if (!isAtRest) problems.push('something still waits in an object')
  return { seconds: (Date.now() - startedAt) / 1000, isInTime: waiting.length === 0 && isAtRest, problems }
}

/** Whether nothing waits in any object any more. */
async function isQuiet({ sites, worker }: Load, until: number): Promise<boolean> {
  do {
    for (const site of sites) if (site.isPolling) await site.poll()
    const waiting = await worker.waiting([...sites].map(({ siteId }) => siteId))
    if (waiting.every((each) => each !== null && each.webhooks + each.runs + each.commands === 0)) return true
    await pause(PAUSE_MS)
  } while (Date.now() < until)
  return false
}
