import { readCpuMsOf } from '../lib/process-usage.ts'
import { type Load, minutesOf } from './load.ts'
import type { Waiting } from './soaked.ts'
import { open } from './visits.ts'

/** What is measured now and then. */
export interface Sample {
  /** Minutes since the load began. */
  at: number
  /** Processes of the Worker that were killed before. */
  restarts: number
  /** Resident memory of workerd, and what is in use of its heap after its garbage was collected, in MB; null unless measured. */
  residentMb: number
  heapMb: number | null
  /** Share of one core since the sample before: workerd, and this process with the model sites. */
  workerCpu: number
  loadCpu: number
  /** What waits in the objects of all sites. */
  webhooks: number
  runs: number
  commands: number
  /** Webhooks that the sites' plugins have not delivered yet. */
  undelivered: number
  sockets: number
  sites: number
  d1Mb: number
  objectsMb: number
  requests: number
  unavailable: number
}

/** Objects are asked in turn, a third of them each time: asking keeps them awake. */
const GROUPS = 3

/** Measures the Worker and the load. */
export class Sampler {
  readonly #load: Load
  readonly samples: Sample[] = []
  readonly #waiting = new Map<string, { webhooks: number; runs: number; commands: number }>()
  #turn = 0
  #last: { at: number; workerMs: number; loadMs: number }

  constructor(load: Load) {
    this.#load = load
    this.#last = { at: performance.now(), workerMs: load.worker.cpuMs(), loadMs: readCpuMsOf(process.pid) }
  }

  async #askObjects(): Promise<{ webhooks: number; runs: number; commands: number }> {
    const { sites, worker } = this.#load
    const group = this.#turn++ % GROUPS
    const ids = [...sites].filter((_, index) => index % GROUPS === group).map(({ siteId }) => siteId)
    const answers = (await worker.driveIfUp<(Waiting | null)[]>('waiting', { siteIds: ids })) ?? []
    for (const [index, answer] of answers.entries()) {
      const id = ids[index]
      if (answer && id !== undefined) this.#waiting.set(id, answer)
    }
    const known = new Set([...sites].map(({ siteId }) => siteId))
    for (const id of this.#waiting.keys()) if (!known.has(id)) this.#waiting.delete(id)
    const sum = { webhooks: 0, runs: 0, commands: 0 }
    for (const { webhooks, runs, commands } of this.#waiting.values()) {
      sum.webhooks += webhooks
      sum.runs += runs
      sum.commands += commands
    }
    return sum
  }

  #cpu(): { workerCpu: number; loadCpu: number } {
    const now = { at: performance.now(), workerMs: this.#load.worker.cpuMs(), loadMs: readCpuMsOf(process.pid) }
    const passed = Math.max(1, now.at - this.#last.at)
    const cpu = {
      workerCpu: (now.workerMs - this.#last.workerMs) / passed,
      loadCpu: (now.loadMs - this.#last.loadMs) / passed,
    }
    this.#last = now
    return cpu
  }

  async take(): Promise<void> {
    const { worker, client, sites } = this.#load
    const waiting = await this.#askObjects()
    const { restarts } = worker
    const heapMb = worker.downSince === null ? await worker.heapMegabytes().catch(() => null) : null
    const { d1, objects } = worker.megabytes()
    this.samples.push({
      at: minutesOf(this.#load),
      restarts,
      residentMb: worker.residentMegabytes(),
      heapMb,
      ...this.#cpu(),
      ...waiting,
      undelivered: [...sites].reduce((sum, { undelivered }) => sum + undelivered, 0),
      sockets: open.sockets,
      sites: sites.size,
      d1Mb: d1,
      objectsMb: objects,
      requests: client.requests,
      unavailable: client.byStatus.get(503) ?? 0,
    })
  }
}
