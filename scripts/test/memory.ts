import { chmodSync, existsSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { removeAtExit } from '../lib/shutdown.ts'

const MEMORY = '/dev/shm'
/** The tests' files take some 3 GB at most, beside what their processes need. */
const LEAST_FREE_BYTES = 8 * 1024 ** 3
const LEAST_AVAILABLE_KB = 12 * 1024 ** 2

function hasRoom(): boolean {
  if (!existsSync(MEMORY) || !existsSync('/proc/meminfo')) return false
  const { bavail, bsize } = statfsSync(MEMORY)
  const available = Number(/MemAvailable:\s+(\d+) kB/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0)
  return bavail * bsize >= LEAST_FREE_BYTES && available >= LEAST_AVAILABLE_KB
}

/**
 * Puts temporary files into memory where there is room, for this process and all that it starts: every commit of a test's
 * databases would otherwise wait for the disk.
 */
export function keepTemporaryFilesInMemory(): void {
  if (!hasRoom()) return
  const folder = mkdtempSync(join(MEMORY, 'igny8-'))
  removeAtExit(folder)
  // web servers run as users of their own, and reach the folders in it that were made for them
  chmodSync(folder, 0o711)
  process.env.TMPDIR = folder
}
