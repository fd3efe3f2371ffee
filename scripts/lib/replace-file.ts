import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Puts a file in its place whole. One that has these bytes already is left alone: `wrangler dev` watches the assets, and
 * would break off requests to load them again.
 */
export function replaceFile(target: string, bytes: Uint8Array): void {
  if (existsSync(target) && readFileSync(target).equals(bytes)) return
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(`${target}.${process.pid}`, bytes)
  renameSync(`${target}.${process.pid}`, target)
}
