import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'

/** A process group that must end before this process does. `kill` is the last resort and must be synchronous. */
export type Running = { group: number | undefined; stop: () => Promise<void>; kill: () => void }

const PARENT_INTERVAL_MS = 1_000
const running = new Set<Running>()
const temporary = new Set<string>()
let ending: Promise<void> | undefined

/** Stops everything that was registered, newest first, then removes the temporary folders. Repeated calls share one run. */
export function stopEverything(): Promise<void> {
  ending ??= (async () => {
    for (const entry of [...running].toReversed()) await entry.stop().catch(() => entry.kill())
    removeTemporary()
  })()
  return ending
}

/** Makes sure that `entry` ends with this process, however that ends; returns what takes it off the list again. */
export function endWithProcess(entry: Running): () => void {
  installHandlers()
  running.add(entry)
  if (entry.group) order(`group ${entry.group}`)
  return () => {
    running.delete(entry)
    if (entry.group) order(`done group ${entry.group}`)
  }
}

/** Removes `folder` when this process ends. */
export function removeAtExit(folder: string): void {
  installHandlers()
  temporary.add(folder)
  order(`folder ${folder}`)
}

let watchdog: ((line: string) => void) | undefined

/** Tells the watchdog, which acts once this process is gone. */
function order(line: string): void {
  watchdog ??= startWatchdog()
  watchdog(line)
}

function startWatchdog(): (line: string) => void {
  const script = join(import.meta.dirname, 'watchdog.ts')
  const child = spawn(process.execPath, [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.on('error', () => undefined)
  child.on('error', () => undefined)
  child.unref()
  Reflect.get(child.stdin, 'unref')?.call(child.stdin)
  return (line) => void child.stdin.write(`${line}\n`)
}

/** True from the first signal on: what fails afterwards fails because it was ended. */
export const isShuttingDown = (): boolean => ending !== undefined

/** Ends this process as a signal would once its parent is gone: nobody could end it any more. */
export function endWithParent(): void {
  installHandlers()
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) void stopEverything().finally(() => process.exit(1))
  }, PARENT_INTERVAL_MS).unref()
}

function removeTemporary(): void {
  for (const folder of temporary) {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    } catch {
      // Something still writes there; the watchdog comes after it.
    }
  }
  temporary.clear()
}

let installed = false
function installHandlers(): void {
  if (installed) return
  installed = true
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void stopEverything().finally(() => process.exit(128 + constants.signals[signal])))
  process.on('exit', () => {
    for (const entry of running) entry.kill()
    removeTemporary()
  })
}
