import { setTimeout as pause } from 'node:timers/promises'
import { Chance } from './chance.ts'
import type { Client } from './client.ts'
import type { Faults } from './injected.ts'
import type { Person } from './people.ts'
import type { SoakSite } from './site.ts'
import type { SoakWorker } from './worker.ts'

/** What the parts of the load share. */
export interface Load {
  seed: number
  client: Client
  worker: SoakWorker
  faults: Faults
  /** Those who stay all the time. */
  people: Person[]
  /** The sites that are connected now, those that come and go among them. */
  sites: Set<SoakSite>
  /** Sites that were deleted, whose rows must be gone. */
  deleted: { siteId: string; integrationId: string }[]
  /** When it began, in milliseconds since 1970, and how long it lasts. */
  startedAt: number
  lastsMs: number
  /** How often each part did its work. */
  done: Map<string, number>
}

/** Minutes since the load began. */
export const minutesOf = ({ startedAt }: Pick<Load, 'startedAt'>, at = Date.now()): number => (at - startedAt) / 60_000

/** How much of the load is over, from 0. */
export const shareOf = ({ startedAt, lastsMs }: Load): number => (Date.now() - startedAt) / lastsMs

/** Each part does its work at least so often in the shortest soak. */
const LEAST_TIMES = 6

export type Work = (load: Load, chance: Chance) => Promise<void>

/** Parts of the load: each does its work again and again, with its own chance, until the time is over. */
export class Schedule {
  readonly #load: Load
  readonly #running: Promise<void>[] = []
  readonly #stop = new AbortController()

  constructor(load: Load) {
    this.#load = load
  }

  /**
   * @param everyMs mean pause between two pieces of work; shorter where the soak is so short that there would be few
   * @param isOverlapping begins the next piece although the one before has not ended
   */
  every(name: string, everyMs: number, work: Work, { isOverlapping = false } = {}): void {
    const chance = new Chance(this.#load.seed, name)
    const meanMs = Math.min(everyMs, this.#load.lastsMs / LEAST_TIMES)
    this.#running.push(this.#repeat(name, meanMs, chance, work, isOverlapping))
  }

  async #repeat(name: string, meanMs: number, chance: Chance, work: Work, isOverlapping: boolean): Promise<void> {
    const { done, client } = this.#load
    const once = async () => {
      try {
        await work(this.#load, chance)
        done.set(name, (done.get(name) ?? 0) + 1)
      } catch (cause) {
        client.trouble(name, cause)
      }
    }
    const open = new Set<Promise<void>>()
    const { signal } = this.#stop
    while (!signal.aborted) {
      await pause(meanMs * (0.5 + chance.next()), undefined, { signal }).catch(() => undefined)
      if (signal.aborted) break
      const piece = once()
      open.add(piece)
      void piece.finally(() => open.delete(piece))
      if (!isOverlapping) await piece
    }
    await Promise.all(open)
  }

  /** Begins no more work, and waits for what is under way. */
  async end(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#running)
  }
}

/** One of the sites that may be used. */
export const someSite = ({ sites }: Load, chance: Chance, fits: (site: SoakSite) => boolean = () => true) =>
  chance.pick([...sites].filter((site) => site.isFree && fits(site)))
