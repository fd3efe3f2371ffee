import { existsSync, readdirSync, readFileSync } from 'node:fs'

const INTERVAL_MS = 100
const KILOBYTES_IN_MEGABYTE = 1024

const readStatus = (pid: string) => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
const fieldOf = (status: string, name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1]

/** Found before; looking through all processes takes longer than what is often measured. */
let known: string | null = null

/** The workerd that this process has started; null where the system doesn't tell. */
function findWorkerd(): string | null {
  if (known !== null && existsSync(`/proc/${known}/stat`)) return known
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    const isOurs = (status: string) =>
      fieldOf(status, 'Name') === 'workerd' && fieldOf(status, 'PPid') === String(process.pid)
    known = pids.findLast((pid) => isOurs(readStatus(pid))) ?? null
    return known
  } catch {
    return null
  }
}

/** Clock ticks of Linux are hundredths of a second. */
const TICK_MS = 10

/** Processor time that a process has used, in milliseconds; NaN where the system doesn't tell. */
export function readCpuMsOf(pid: number | string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
    return (Number(user) + Number(system)) * TICK_MS
  } catch {
    return Number.NaN
  }
}

/** The same of the workerd that this process has started. */
export const readCpuMs = (): number => readCpuMsOf(findWorkerd() ?? 'none')

/** Resident memory of a process, in megabytes; NaN where the system doesn't tell. */
export const readMegabytesOf = (pid: number | string): number =>
  Number(fieldOf(readStatus(String(pid)), 'VmRSS') ?? Number.NaN) / KILOBYTES_IN_MEGABYTE

/**
 * Watches the resident memory of workerd, every 100 ms.
 * @param pid its process; default: the one that this process has started
 * @returns its peak so far in megabytes, 0 where the system doesn't tell; `begin` starts a new peak
 */
export function watchMemory(pid: number | string | null = findWorkerd()) {
  let peak = 0
  const look = () => {
    const megabytes = pid === null ? 0 : readMegabytesOf(pid)
    peak = Math.max(peak, Number.isNaN(megabytes) ? 0 : megabytes)
  }
  const timer = setInterval(look, INTERVAL_MS)
  const begin = () => {
    peak = 0
    look()
  }
  begin()
  return { peak: () => Math.round(peak), begin, stop: () => clearInterval(timer) }
}
