import { readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { unzipSync, type Zippable, zipSync } from 'fflate'
import { PLUGIN } from '../lib/paths.ts'

/** Files of one plugin: path below its folder => bytes. */
export type PluginFiles = ReadonlyMap<string, Uint8Array>

const RELEASED = /(?:^LICENSE|\.(?:php|txt|css|js|json|svg|png|pot|po|mo))$/
const DEVELOPMENT = /(?:^|\/)(?:\..*|tests?|tools|node_modules|vendor)(?:\/|$)/
/** The zip format knows no earlier time, and local time is all it stores. */
const MODIFIED = new Date(1980, 0, 1)
const UNIX = 3
const FILE_MODE = 0o100644

/** The files of a release, sorted, relative to the folder of the plugin: no tests, no tools, nothing hidden. */
export function listReleaseFiles(): string[] {
  return readdirSync(PLUGIN, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(PLUGIN, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => RELEASED.test(path) && !DEVELOPMENT.test(path))
    .toSorted()
}

/** The plugin of this checkout. */
export const readSource = (): PluginFiles =>
  new Map(listReleaseFiles().map((path) => [path, readFileSync(join(PLUGIN, path))]))

export const textOf = (files: PluginFiles, path: string): string => new TextDecoder().decode(files.get(path))

/** The main file of a plugin, which has the name of its folder. */
export const mainFile = (slug: string) => `${slug}.php`

/**
 * A zip with one folder, the same bytes for the same files.
 * @throws Error if there is no main file
 */
export function packZip(files: PluginFiles, slug: string = basename(PLUGIN)): Uint8Array {
  if (!files.has(mainFile(slug))) throw new Error(`${slug}/${mainFile(slug)} is missing: this is no plugin`)
  const zippable: Zippable = {}
  for (const [path, bytes] of [...files].toSorted(([one], [other]) => (one < other ? -1 : 1)))
    zippable[`${slug}/${path}`] = [bytes, { mtime: MODIFIED, os: UNIX, attrs: FILE_MODE << 16, level: 9 }]
  return zipSync(zippable)
}

/** The files of a zip that {@link packZip} made. */
export function unpackZip(zip: Uint8Array, slug: string = basename(PLUGIN)): PluginFiles {
  const entries = Object.entries(unzipSync(zip)).filter(([path]) => !path.endsWith('/'))
  return new Map(entries.map(([path, bytes]) => [path.slice(slug.length + 1), bytes]))
}
