// Completes the lock files after `npm install`: a registry that does not carry the packages of other platforms leaves
// them out of the lock file, and `npm ci` then refuses it everywhere. Adds them with what their names say (version, os, cpu).
import { readFileSync, writeFileSync } from 'node:fs'

type Locked = {
  version?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  optionalDependencies?: Record<string, string>
}
type Lock = { packages: Record<string, Locked> }

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'windows']
const PROCESSORS = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64', '64']

/** True when `name`, required by the package at `path`, is in the lock file at one of the places Node would look. */
function isLocked({ packages }: Lock, path: string, name: string): boolean {
  const parent = path.lastIndexOf('/node_modules/')
  const here = `${path === '' ? '' : `${path}/`}node_modules/${name}`
  if (packages[here]) return true
  return path !== '' && isLocked({ packages }, parent < 0 ? '' : path.slice(0, parent), name)
}

function describePlatform(name: string): Pick<Locked, 'os' | 'cpu'> {
  const words = (name.split('/').at(-1) ?? '').split('-')
  const system = SYSTEMS.find((word) => words.includes(word))
  const processor = PROCESSORS.find((word) => words.includes(word))
  if (!system || !processor) throw new Error(`${name}: no platform in its name; add it to package-lock.json by hand`)
  return { os: [system === 'windows' ? 'win32' : system], cpu: [processor === '64' ? 'x64' : processor] }
}

/** Adds the optional packages that the lock file names but does not hold; returns how many. */
function completeLock(lock: Lock): number {
  const before = Object.keys(lock.packages).length
  for (const [path, { dev, optionalDependencies = {} }] of Object.entries(lock.packages))
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (isLocked(lock, path, name)) continue
      lock.packages[`node_modules/${name}`] = {
        version,
        ...(dev ? { dev } : {}),
        optional: true,
        ...describePlatform(name),
      }
    }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')))
  return Object.keys(lock.packages).length - before
}

const FILES = ['package-lock.json', 'scripts/php-versions/package-lock.json', 'scripts/playground/package-lock.json']
const check = process.argv.includes('--check')
let incomplete = 0
for (const file of FILES) {
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock
  const added = completeLock(lock)
  console.log(
    `${file}: ${added === 0 ? 'complete' : `${added} packages of other platforms ${check ? 'missing' : 'added'}`}`,
  )
  if (added > 0) incomplete++
  if (added > 0 && !check) writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`)
}
if (check && incomplete > 0) console.error('Complete them with: node scripts/run.mjs scripts/complete-lock.ts')
if (check) console.log(`${FILES.length - incomplete} passed, ${incomplete} failed`)
process.exitCode = check && incomplete > 0 ? 1 : 0
