/** A package as package-lock.json records it. */
export type LockedPackage = {
  version?: string
  integrity?: string
  link?: boolean
  dev?: boolean
  optional?: boolean
  hasInstallScript?: boolean
  os?: string[]
  cpu?: string[]
  optionalDependencies?: Record<string, string>
}
/** A package-lock.json: what it says about each package, by its path. The project itself has the path ''. */
export type Lock = { packages: Record<string, LockedPackage> }
/** The parts of package.json that say which packages may run a script when they are installed. */
export type Manifest = { allowScripts?: Record<string, boolean> }

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'windows']
const PROCESSORS = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64', '64']

/** The name of the package at a path: `node_modules/a/node_modules/@b/c` is `@b/c`. */
export const packageNameAt = (path: string): string => path.split('node_modules/').at(-1) ?? ''

/** True if `name`, which the package at `path` asks for, is locked at one of the places where Node looks. */
function isLocked({ packages }: Lock, path: string, name: string): boolean {
  const parent = path.lastIndexOf('/node_modules/')
  const here = `${path === '' ? '' : `${path}/`}node_modules/${name}`
  if (packages[here]) return true
  return path !== '' && isLocked({ packages }, parent < 0 ? '' : path.slice(0, parent), name)
}

function describePlatform(name: string): Pick<LockedPackage, 'os' | 'cpu'> {
  const words = (name.split('/').at(-1) ?? '').split('-')
  const system = SYSTEMS.find((word) => words.includes(word))
  const processor = PROCESSORS.find((word) => words.includes(word))
  if (!system || !processor) throw new Error(`${name}: no platform in its name; add it to package-lock.json by hand`)
  return { os: [system === 'windows' ? 'win32' : system], cpu: [processor === '64' ? 'x64' : processor] }
}

/** Adds the optional packages that the lock file names but does not hold. @returns how many */
export function addPlatforms(lock: Lock): number {
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

/** Paths of the packages of which the lock file has no checksum, so that a registry could send anything for them. */
export const listUnchecked = ({ packages }: Lock): string[] =>
  Object.entries(packages)
    .filter(([path, { integrity, link }]) => path !== '' && !link && integrity?.startsWith('sha512-') !== true)
    .map(([path]) => path)

/** Names of the packages with an install script about which `allowScripts` decides nothing. */
export function listUndecidedScripts({ packages }: Lock, { allowScripts = {} }: Manifest): string[] {
  const names = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => packageNameAt(path))
  return [...new Set(names)].filter((name) => !(name in allowScripts))
}
