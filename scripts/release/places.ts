/** Where the version of API, app and plugin stands. `test/tooling/release.test.ts` checks that all places have the same one. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PLUGIN = 'plugin/igny8-wordpress-bridge'

interface Place {
  name: string
  path: string
  /** Its first group is what stands before the version, its second the version. */
  pattern: RegExp
}

export const PLACES: Place[] = [
  { name: 'the package', path: 'package.json', pattern: /^(\s+"version": ")([^"]+)/m },
  { name: 'the lock file', path: 'package-lock.json', pattern: /^( {2}"version": ")([^"]+)/m },
  {
    name: 'the root of the lock file',
    path: 'package-lock.json',
    pattern: /("packages": \{\s+"": \{\s+"name": "[^"]+",\s+"version": ")([^"]+)/,
  },
  { name: 'the API', path: 'src/contract/release.ts', pattern: /^(export const RELEASE = ')([^']+)/m },
  {
    name: 'the plugin’s header',
    path: `${PLUGIN}/igny8-wordpress-bridge.php`,
    pattern: /^( \* Version:\s+)(\S+)/m,
  },
  {
    name: 'the plugin’s constant',
    path: `${PLUGIN}/igny8-wordpress-bridge.php`,
    pattern: /^(define\( 'IGNY8_BRIDGE_VERSION', ')([^']+)/m,
  },
  { name: 'the plugin’s stable tag', path: `${PLUGIN}/readme.txt`, pattern: /^(Stable tag: )(\S+)/m },
]

/** The version of each place, null where there is none. */
export const readVersions = (root: string): { name: string; version: string | null }[] =>
  PLACES.map(({ name, path, pattern }) => ({
    name,
    version: pattern.exec(readFileSync(join(root, path), 'utf8'))?.[2] ?? null,
  }))

/** Writes a version to all places. */
export function writeVersion(root: string, version: string): void {
  for (const { path, pattern } of PLACES) {
    const text = readFileSync(join(root, path), 'utf8')
    writeFileSync(
      join(root, path),
      text.replace(pattern, (_, before: string) => before + version),
    )
  }
}
