/** The parts of the load, and how often each does its work. */
import { Chance } from './chance.ts'
import type { Client } from './client.ts'
import { changeKey, comeAndGo, passBy, reconnect } from './comings.ts'
import { editHere, editThere, resolveSome } from './edits.ts'
import { deliverLate, evictSome, failD1, killInTime, troubleSome } from './faults.ts'
import { type Imported, importLarge } from './imports.ts'
import { type Lags, measurePosted, measureSeen } from './lag.ts'
import { type Load, type Schedule } from './load.ts'
import { type Person, signUp } from './people.ts'
import type { Sampler } from './samples.ts'
import { inParallel } from './settle.ts'
import { SoakSite } from './site.ts'
import { checkDriftOfSome, checkHealth, pollSome, readByKey, signInAndOut, syncSome, visit, watch } from './visits.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const OVERLAPPING = { isOverlapping: true }

/** How large a soak is: one of minutes is a test that all parts work. */
export const sizeOf = (minutes: number) =>
  minutes < 10
    ? { people: 2, sites: 8, posts: 25, imported: 3_000 }
    : { people: 4, sites: 24, posts: 100, imported: 25_000 }

/** Every third site polls. */
const POLLING_EVERY = 3

/** Makes the sites that stay, each with posts that are imported. */
export async function connectAll(client: Client, seed: number, size: ReturnType<typeof sizeOf>) {
  const people: Person[] = []
  for (let number = 1; number <= size.people; number++) people.push(await signUp(client, `Person${number}`))
  const sites = new Set<SoakSite>()
  await inParallel(
    Array.from({ length: size.sites }, (_, index) => index),
    async (index) => {
      const owner = people[index % people.length]
      if (!owner) return
      const name = `Site ${index}`
      const chance = new Chance(seed, name)
      const isPolling = index % POLLING_EVERY === POLLING_EVERY - 1
      sites.add(await SoakSite.connect(client, owner, { posts: size.posts, isPolling, chance, name }))
    },
  )
  return { people, sites }
}

/** A tick of the cron. One that meets a fault of D1 fails, and the next one makes up for it. */
async function tick({ worker, faults }: Load): Promise<void> {
  const isExcused = () => worker.downSince !== null || faults.isFaulty(10 * SECOND)
  const before = isExcused()
  try {
    await worker.drive('cron')
  } catch (cause) {
    if (!before && !isExcused()) throw cause
  }
}

/** Begins the load. */
export function begin(schedule: Schedule, sampler: Sampler, lags: Lags, imports: Imported[], imported: number): void {
  schedule.every('samples', 10 * SECOND, () => sampler.take())
  schedule.every('edits there', 1.5 * SECOND, editThere, OVERLAPPING)
  schedule.every('edits here', 1.5 * SECOND, editHere, OVERLAPPING)
  schedule.every('resolving', 20 * SECOND, resolveSome)
  schedule.every('visits', 2.5 * SECOND, visit, OVERLAPPING)
  schedule.every('reads by key', 2 * SECOND, readByKey, OVERLAPPING)
  schedule.every('syncs', 8 * SECOND, syncSome)
  schedule.every('drift checks', 45 * SECOND, checkDriftOfSome)
  schedule.every('health checks', 20 * SECOND, checkHealth, OVERLAPPING)
  schedule.every('polls', 0.7 * SECOND, pollSome, OVERLAPPING)
  schedule.every('sign-ins', 15 * SECOND, signInAndOut)
  schedule.every('live connections', 12 * SECOND, watch, OVERLAPPING)
  schedule.every('sites that come and go', 45 * SECOND, comeAndGo)
  schedule.every('reconnections', 150 * SECOND, reconnect)
  schedule.every('keys', 40 * SECOND, changeKey)
  schedule.every('people who pass by', 90 * SECOND, passBy)
  schedule.every('ticks', MINUTE, tick)
  schedule.every('imports', 5 * MINUTE, async (load, chance) => {
    imports.push(await importLarge(load, chance, imported))
  })
  schedule.every('lag of edits there', 4 * SECOND, (load, chance) => measureSeen(load, chance, lags), OVERLAPPING)
  schedule.every('lag of edits here', 4 * SECOND, (load, chance) => measurePosted(load, chance, lags), OVERLAPPING)
  schedule.every('trouble of sites', 30 * SECOND, troubleSome, OVERLAPPING)
  schedule.every('late requests', 15 * SECOND, deliverLate)
  schedule.every('evictions', 12 * SECOND, evictSome)
  schedule.every('faults of D1', 120 * SECOND, failD1)
  schedule.every('kills', SECOND, killInTime)
}
