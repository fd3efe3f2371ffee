import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { unzipSync } from 'fflate'
import type { Bundle } from '../../../bench/lib/bundle.ts'
import { ROOT, temporaryFolder } from '../../../scripts/lib/paths.ts'

const RELEASES = join(ROOT, 'test/fixtures/releases')

export interface Release {
  version: string
  /** Files of the migrations that its databases have had. */
  migrations: string[]
  eventMigrations: string[]
  worker: Bundle
  /** Folder of its plugin. */
  plugin: string
}

function unpackPlugin(zip: string): string {
  const folder = temporaryFolder('older-plugin')
  for (const [path, bytes] of Object.entries(unzipSync(readFileSync(zip)))) {
    const target = join(folder, path)
    mkdirSync(dirname(target), { recursive: true })
    if (!path.endsWith('/')) writeFileSync(target, bytes)
  }
  return join(folder, 'igny8-wordpress-bridge')
}

/** The newest release that `npm run release:keep` has kept: what is out there while today's code is being deployed. */
export function lastRelease(): Release {
  const versions = readdirSync(RELEASES).toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
  const folder = join(RELEASES, versions.at(-1) ?? '')
  const text = readFileSync(join(folder, 'release.json'), 'utf8')
  const told = JSON.parse(text) as Pick<Release, 'version' | 'migrations' | 'eventMigrations'>
  const contents = brotliDecompressSync(readFileSync(join(folder, 'worker.js.br'))).toString()
  const worker = { name: 'released', file: '', sources: [], modules: [{ path: 'index.js', contents }] }
  return { ...told, worker, plugin: unpackPlugin(join(folder, 'plugin.zip')) }
}
