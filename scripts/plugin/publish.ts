/** The files that a server serves below `/plugin/`: the signed manifest, the zip for new sites, and each release's zip. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  PLUGIN_MANIFEST_PATH,
  PLUGIN_SLUG,
  PLUGIN_ZIP_PATH,
  PluginManifest,
  type PluginRelease,
  type PluginRollout,
  type SignedPluginManifest,
} from '../../src/contract/plugin-updates.ts'
import { ROOT } from '../lib/paths.ts'
import { compareVersions, isVersion } from '../release/version.ts'
import { bindToServer } from './bind.ts'
import { packZip, type PluginFiles, readSource, unpackZip } from './files.ts'
import { publicKeysOf, type SigningKey } from './keys.ts'
import { describeRelease, openManifest, signManifest } from './manifest.ts'

const KEPT = join(ROOT, 'test/fixtures/releases')
/** Releases before the newest that sites can go back to. */
const MOST_BEFORE = 3

/** Path below the assets' folder => bytes. */
export type Served = ReadonlyMap<string, Uint8Array>

export interface Publication {
  /** The server's address. */
  url: string
  /** The first one is the newest; without any, nothing is signed and no site is offered an update. */
  keys: SigningKey[]
  rollout: PluginRollout
  /** What the server serves now, if that is known. */
  live?: SignedPluginManifest | null
  now?: Date
}

interface Bound {
  release: PluginRelease
  zip: Uint8Array
}

/** The plugins that `npm run release` has kept and that are older than a version, the newest first. */
export function readKept(before: string): PluginFiles[] {
  const versions = existsSync(KEPT) ? readdirSync(KEPT).filter(isVersion) : []
  return versions
    .filter((version) => compareVersions(version, before) < 0)
    .toSorted((one, other) => compareVersions(other, one))
    .slice(0, MOST_BEFORE)
    .map((version) => unpackZip(readFileSync(join(KEPT, version, 'plugin.zip'))))
}

/** A change gets a larger serial; what is served already keeps its own, so that nothing is deployed twice. */
function withSerial(manifest: Omit<PluginManifest, 'serial'>, { live, keys, now = new Date() }: Publication) {
  const served = live ? openManifest(live, publicKeysOf(keys)) : null
  const again = served && PluginManifest.parse({ ...manifest, serial: served.serial })
  if (again && JSON.stringify(again) === JSON.stringify(served)) return again
  const serial = Math.max(Math.floor(now.getTime() / 1000), (served?.serial ?? 0) + 1)
  return { ...manifest, serial }
}

/**
 * Binds plugins to a server and signs their manifest.
 * @param plugins the newest first
 * @throws Error if every release is withdrawn
 */
export function publish(plugins: PluginFiles[], publication: Publication): Served {
  const { url, keys, rollout } = publication
  const server = { url, updateKeys: publicKeysOf(keys) }
  const all = plugins.map((plugin, index): Bound => {
    const files = bindToServer(plugin, server)
    const zip = packZip(files)
    return { release: describeRelease(files, zip, index === 0 ? rollout.share : 100), zip }
  })
  const newest = all.find(({ release }) => !(release.version in rollout.withdrawn))
  if (!newest) throw new Error('every release of the plugin is withdrawn: leave one')
  const served = new Map([[PLUGIN_ZIP_PATH, newest.zip]])
  for (const { release, zip } of all) served.set(release.package, zip)
  if (keys.length === 0) return served
  const releases = all.map(({ release }) => release)
  const manifest = { format: 1, slug: PLUGIN_SLUG, server: url, releases, withdrawn: rollout.withdrawn } as const
  const signed = signManifest(withSerial(manifest, publication), keys)
  return served.set(PLUGIN_MANIFEST_PATH, new TextEncoder().encode(`${JSON.stringify(signed)}\n`))
}

/** This checkout's plugin and those kept before it, as a server serves them. @param version of this checkout */
export const publishCheckout = (version: string, publication: Publication): Served =>
  publish([readSource(), ...readKept(version)], publication)

/** This checkout's plugin as it is, for a Worker that no `npm run deploy` gave an address: nothing else, and no updates. */
export const publishUnbound = (): Served => new Map([[PLUGIN_ZIP_PATH, packZip(readSource())]])

/**
 * Puts files into a folder of assets, in the place of all that was below `/plugin/`. Each is there at any moment: others may
 * be serving or building the same folder.
 */
export function writeServed(assets: string, served: Served): void {
  for (const [path, bytes] of served) {
    const target = join(assets, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(`${target}.${process.pid}`, bytes)
    renameSync(`${target}.${process.pid}`, target)
  }
  const folder = join(assets, 'plugin')
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const isServed = [...served.keys()].some((one) => `${join(assets, one)}/`.startsWith(`${path}/`))
    const isOthers = /\.\d+$/.test(entry.name) && entry.isFile()
    if (!isServed && !isOthers) rmSync(path, { recursive: true, force: true })
  }
}
