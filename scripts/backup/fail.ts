import { ApiError } from '../lib/client.ts'
import { BackupError } from './errors.ts'

/** Ends a command that failed. What an operator can act on is said in words, anything else as it is. */
export function failWith(error: unknown): void {
  if (!(error instanceof BackupError) && !(error instanceof ApiError)) throw error
  console.error(`✗ ${error.message}`)
  process.exitCode = 1
}
