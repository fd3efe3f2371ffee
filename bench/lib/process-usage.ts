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

/** Processor time that workerd has used, in milliseconds; NaN where the system doesn't tell. */
export function readCpuMs(): number {
  try {
    const stat = readFileSync(`/proc/${findWorkerd()}/stat`, 'utf8')
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
    return (Number(user) + Number(system)) * TICK_MS
  } catch {
    return Number.NaN
  }
}

/**
 * Watches the resident memory of workerd, every 100 ms.
 * @returns its peak so far in megabytes, 0 where the system doesn't tell; `begin` starts a new peak
 */
export function watchMemory(): { peak: () => number; begin: () => void; stop: () => void } {
  const pid = findWorkerd()
  let peak = 0
  const look = () => {
    const kilobytes = pid === null ? 0 : Number(fieldOf(readStatus(pid), 'VmRSS') ?? 0)
    peak = Math.max(peak, kilobytes / KILOBYTES_IN_MEGABYTE)
  }
  const timer = setInterval(look, INTERVAL_MS)
  const begin = () => {
    peak = 0
    look()
  }
  begin()
  return { peak: () => Math.round(peak), begin, stop: () => clearInterval(timer) }
}
