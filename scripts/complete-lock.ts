/**
 * Completes the lock files after `npm install`: adds the packages of other platforms, which a registry may leave out,
 * and every package's checksum. `--check` only looks, without the network, and also wants a decision about each
 * package that has an install script (`allowScripts` in package.json).
 */
import { readFileSync, writeFileSync } from 'node:fs'
import {
  addPlatforms,
  listUnchecked,
  listUndecidedScripts,
  type Lock,
  type Manifest,
  packageNameAt,
} from './lib/lock.ts'
import { runCommand } from './lib/processes.ts'

const FOLDERS = ['.', 'scripts/php-versions', 'scripts/playground']

const readJson = <T>(file: string) => JSON.parse(readFileSync(file, 'utf8')) as T

/** Asks the registry for the checksums that are missing. @returns how many were added */
async function addChecksums(lock: Lock): Promise<number> {
  const paths = listUnchecked(lock)
  for (const path of paths) {
    const locked = lock.packages[path]
    const query = ['view', `${packageNameAt(path)}@${locked?.version}`, 'dist.integrity']
    const integrity = (await runCommand('npm', query)).stdout.trim()
    if (!locked || !integrity.startsWith('sha512-')) throw new Error(`the registry has no checksum of ${path}`)
    locked.integrity = integrity
  }
  return paths.length
}

async function complete(folder: string): Promise<void> {
  const file = `${folder}/package-lock.json`
  const lock = readJson<Lock>(file)
  const platforms = addPlatforms(lock)
  const checksums = await addChecksums(lock)
  console.log(`${file}: ${platforms} packages of other platforms and ${checksums} checksums added`)
  if (platforms + checksums > 0) writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`)
}

/** What is wrong with a folder's lock file, in words. */
function findFaults(folder: string): string[] {
  const lock = readJson<Lock>(`${folder}/package-lock.json`)
  const unchecked = listUnchecked(lock)
  const undecided = listUndecidedScripts(lock, readJson<Manifest>(`${folder}/package.json`))
  const missing = addPlatforms(lock)
  return [
    ...(missing > 0 ? [`${missing} packages of other platforms are missing`] : []),
    ...unchecked.map((path) => `no checksum: ${path}`),
    ...undecided.map((name) => `allowScripts in package.json says neither yes nor no to ${name}`),
  ]
}

async function main(): Promise<void> {
  if (!process.argv.includes('--check')) {
    for (const folder of FOLDERS) await complete(folder)
    return
  }
  const faults = FOLDERS.map((folder) => findFaults(folder).map((fault) => `${folder}/package-lock.json: ${fault}`))
  const failed = faults.filter((list) => list.length > 0).length
  for (const fault of faults.flat()) console.error(fault)
  if (failed > 0) console.error('Complete them with: node scripts/run.mjs scripts/complete-lock.ts')
  console.log(`${FOLDERS.length - failed} passed, ${failed} failed`)
  process.exitCode = failed > 0 ? 1 : 0
}

await main()
