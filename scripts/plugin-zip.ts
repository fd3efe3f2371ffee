// npm run plugin:zip: the release of the WordPress plugin, the same bytes for the same files.
import { readFileSync, readdirSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { type Zippable, zipSync } from 'fflate'
import { PLUGIN, ROOT } from './lib/paths.ts'
import { replaceFile } from './lib/replace-file.ts'

/** Where the zip goes: for people, and for the API, which serves it as a static asset. */
export const PLUGIN_ZIPS = ['dist/igny8-wordpress-bridge.zip', 'public/plugin/igny8-wordpress-bridge.zip']

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

/** Builds the zip, writes it to both places and returns its size in bytes. */
export function buildPluginZip(): number {
  const folder = basename(PLUGIN)
  const files: Zippable = {}
  for (const path of listReleaseFiles()) {
    files[`${folder}/${path}`] = [
      readFileSync(join(PLUGIN, path)),
      { mtime: MODIFIED, os: UNIX, attrs: FILE_MODE << 16, level: 9 },
    ]
  }
  if (!files[`${folder}/${folder}.php`]) throw new Error(`${PLUGIN}/${folder}.php is missing: this is no plugin`)
  const zip = zipSync(files)
  for (const path of PLUGIN_ZIPS) replaceFile(join(ROOT, path), zip)
  return zip.length
}

if (import.meta.main) {
  const size = buildPluginZip()
  console.log(`${PLUGIN_ZIPS[0]}: ${listReleaseFiles().length} files, ${Math.ceil(size / 1024)} kB`)
}
