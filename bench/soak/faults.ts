/** What goes wrong while the load lasts. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Chance } from './chance.ts'
import { type Load, shareOf, someSite } from './load.ts'
import type { Weather } from './site.ts'

/** The parts of the load after which the Worker's process is killed. One process then lives for the rest: its memory is measured. */
export const KILLS_AT = [0.04, 0.1, 0.16] as const

const TROUBLE: Readonly<Record<Exclude<Weather, 'well'>, readonly [shortestMs: number, longestMs: number]>> = {
  flaky: [20_000, 60_000],
  garbage: [10_000, 40_000],
  slow: [20_000, 60_000],
  down: [30_000, 240_000],
}
const KINDS = Object.keys(TROUBLE) as (keyof typeof TROUBLE)[]

/** Something is wrong with a site for a while. */
export async function troubleSome(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance, ({ weather }) => weather === 'well')
  const kind = chance.pick(KINDS)
  if (!site || !kind) return
  const [shortest, longest] = TROUBLE[kind]
  const left = load.lastsMs * (1 - shareOf(load))
  site.setWeather(kind)
  await pause(Math.max(0, Math.min(chance.between(shortest, longest), load.lastsMs / 4, left)))
  site.setWeather('well')
}

/** Requests that proxies held back arrive. */
export async function deliverLate(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance)
  if (site) await site.model.deliverLate()
}

/** The platform ends the instance of an object, whatever it is doing. */
export async function evictSome(load: Load, chance: Chance): Promise<void> {
  const site = someSite(load, chance)
  if (!site) return
  load.faults.noteEviction()
  site.lastTroubleAt = Date.now()
  await load.worker.driveIfUp('evict', { siteIds: [site.siteId] })
}

const D1_SHARE = 0.04
const D1_MS = 15_000

/** D1 fails now and then for some seconds. */
export async function failD1(load: Load): Promise<void> {
  const { worker, faults, lastsMs } = load
  faults.d1 = true
  await worker.driveIfUp('faults', { d1: D1_SHARE })
  await pause(Math.min(D1_MS, lastsMs / 12))
  await endD1Faults(load)
}

export async function endD1Faults({ worker, faults }: Pick<Load, 'worker' | 'faults'>): Promise<void> {
  await worker.driveIfUp('faults', { d1: 0 })
  faults.noteD1End()
}

/** Kills the Worker's process when its time has come. */
export async function killInTime(load: Load): Promise<void> {
  const { worker } = load
  const due = KILLS_AT.filter((at) => shareOf(load) >= at).length
  if (worker.restarts < due) await worker.restart()
}
