import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { NODE, ROOT, temporaryFolder } from '../../scripts/lib/paths.ts'
import { freePort } from '../../scripts/lib/ports.ts'
import { type Service, startService } from '../../scripts/lib/processes.ts'
import { type BuiltWorker, createBindings } from '../../test/e2e/support/api.ts'
import { readCpuMsOf, readMegabytesOf } from '../lib/process-usage.ts'
import { collectAndMeasure } from './inspector.ts'
import type { Waiting } from './soaked.ts'

/** What a process of the Worker is started with. */
export interface WorkerOptions {
  built: BuiltWorker
  /** What it keeps, and its log. */
  folder: string
  port: number
  inspectorPort: number
  bindings: Record<string, string>
  /** Its databases are to be made. */
  isNew: boolean
}

/** What it says once it takes requests. */
export interface Started {
  pid: number | null
}

const SCRIPT = join(import.meta.dirname, 'worker-process.ts')
const MEGABYTE = 1_000_000
const DRIVE_MS = 60_000

const sizeOf = (file: string): number => {
  try {
    return statSync(file).size
  } catch {
    // a log of a database that was closed meanwhile
    return 0
  }
}

function bytesBelow(folder: string): number {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .reduce((sum, { parentPath, name }) => sum + sizeOf(join(parentPath, name)), 0)
  } catch {
    return 0
  }
}

/** The Worker in a process that can be killed, over a state that stays. */
export class SoakWorker {
  readonly url: string
  readonly folder: string
  readonly #options: Omit<WorkerOptions, 'isNew'>
  #service: Service | null = null
  /** Of workerd; null where the system doesn't tell. */
  pid: number | null = null
  /** Processor time of the processes that were killed. */
  #spentMs = 0
  /** Since when requests may find nobody, in milliseconds since 1970; null while it runs. */
  downSince: number | null = null
  /** When the process that runs was started. */
  startedAt = 0
  restarts = 0

  private constructor(options: Omit<WorkerOptions, 'isNew'>) {
    this.#options = options
    this.folder = options.folder
    this.url = `http://127.0.0.1:${options.port}`
  }

  static async start(built: BuiltWorker): Promise<SoakWorker> {
    const folder = temporaryFolder('soak')
    const [port, inspectorPort] = [await freePort(), await freePort(9300)]
    const bindings = { ...createBindings(`http://127.0.0.1:${port}`), MAIL_SINK: 'on' }
    const worker = new SoakWorker({ built, folder, port, inspectorPort, bindings })
    await worker.#begin()
    return worker
  }

  async #begin(): Promise<void> {
    const options: WorkerOptions = { ...this.#options, isNew: this.restarts === 0 }
    const args = ['--disable-warning=ExperimentalWarning', SCRIPT, JSON.stringify(options)]
    const log = join(this.folder, `process-${this.restarts}.log`)
    // its own temporary files go with ours, however it ends
    const env = { TMPDIR: temporaryFolder('soak-runtime') }
    const service = startService(NODE, args, log, { cwd: ROOT, env, ipc: true })
    const fail = once(service.child, 'exit').then(() => {
      throw new Error(`The Worker does not start:\n${service.log()}`)
    })
    const [started] = (await Promise.race([once(service.child, 'message'), fail])) as [Started]
    this.#service = service
    this.pid = started.pid
    this.startedAt = Date.now()
    this.downSince = null
  }

  /** Ends the process as a crash of the machine would, and starts another one over what it kept. */
  async restart(): Promise<void> {
    const { child } = this.#service ?? {}
    if (!child?.pid) return
    this.#spentMs = this.cpuMs()
    this.downSince = Date.now()
    this.restarts++
    const ended = once(child, 'exit')
    process.kill(-child.pid, 'SIGKILL')
    await ended
    await pause(200)
    await this.#begin()
  }

  /** Whether its process has run for so long. */
  isUpSince = (ms: number): boolean => this.downSince === null && Date.now() - this.startedAt > ms

  /** Lets it close its databases. */
  async stop(): Promise<void> {
    await this.#service?.stop()
  }

  async drive<T>(action: 'faults' | 'evict' | 'waiting' | 'ids' | 'events' | 'cron', body: object = {}): Promise<T> {
    const answer = await fetch(`${this.url}/dev/soak/${action}`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(DRIVE_MS),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${action} answered ${answer.status}: ${text}`)
    return JSON.parse(text) as T
  }

  /** The same while the process may be killed: then nothing is answered. */
  async driveIfUp<T>(action: 'faults' | 'evict' | 'waiting', body: object): Promise<T | null> {
    const before = this.restarts
    try {
      return await this.drive<T>(action, body)
    } catch (cause) {
      if (this.downSince === null && this.restarts === before) throw cause
      return null
    }
  }

  /** What waits in the objects of these sites; null for one that didn't answer. */
  waiting = (siteIds: readonly string[]): Promise<(Waiting | null)[]> => this.drive('waiting', { siteIds })

  /** Ids of these sites' objects. */
  ids = (siteIds: readonly string[]): Promise<string[]> => this.drive('ids', { siteIds })

  /** Megabytes of the isolate's heap that are in use after its garbage was collected. */
  heapMegabytes = async (): Promise<number> => (await collectAndMeasure(this.#options.inspectorPort)) / MEGABYTE

  /** Resident memory of workerd, in megabytes; NaN where the system doesn't tell. */
  residentMegabytes = (): number => (this.pid === null ? Number.NaN : readMegabytesOf(this.pid))

  /** Processor time of workerd since the soak began, in milliseconds. */
  cpuMs(): number {
    const current = this.pid === null ? 0 : readCpuMsOf(this.pid)
    return this.#spentMs + (Number.isNaN(current) ? 0 : current)
  }

  /** Megabytes of databases and what belongs to them: D1, the objects', and the rest. */
  megabytes(): { d1: number; objects: number } {
    const state = join(this.folder, 'state/v3')
    return { d1: bytesBelow(join(state, 'd1')) / MEGABYTE, objects: bytesBelow(join(state, 'do')) / MEGABYTE }
  }

  log = (): string => {
    try {
      return readFileSync(join(this.folder, 'api.log'), 'utf8')
    } catch {
      return ''
    }
  }
}
