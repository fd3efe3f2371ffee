import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { NODE, ROOT, temporaryFolder, WRANGLER } from '../../scripts/lib/paths.ts'
import { runCommand } from '../../scripts/lib/processes.ts'

/** A Worker as it would be deployed: its modules, the main one first, and what went into them. */
export interface Bundle {
  name: string
  modules: { path: string; contents: string }[]
  /** The upload itself, as `wrangler check startup --worker` takes it. */
  file: string
  /** Bytes by source file, largest first. */
  sources: { path: string; bytes: number }[]
}

interface Metafile {
  outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>
}

/** Environment of every wrangler here: it asks and reports nothing, and logs into the folder of its run. */
export const quietly = (folder: string) => ({
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG_PATH: folder,
})

/** Empty where wrangler bundles nothing itself. */
function readSources(path: string): Bundle['sources'] {
  if (!existsSync(path)) return []
  const { outputs } = JSON.parse(readFileSync(path, 'utf8')) as Metafile
  return Object.values(outputs)
    .flatMap((output) => Object.entries(output.inputs))
    .map(([source, { bytesInOutput }]) => ({ path: source, bytes: bytesInOutput }))
    .toSorted((left, right) => right.bytes - left.bytes)
}

function readModules(folder: string, main: string): Bundle['modules'] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))
  const paths = [main, ...files.filter((name) => name !== main)]
  return paths.map((path) => ({ path, contents: readFileSync(join(folder, path), 'utf8') }))
}

/**
 * Builds a Worker with wrangler, as a deployment does, without deploying it.
 * @param script a bare Worker below bench/bare; absent: the project's own
 */
export async function buildWorker(name: string, script?: string): Promise<Bundle> {
  const folder = temporaryFolder(`bench-${name}`)
  const [metafile, out, file] = ['meta.json', 'out', 'worker.bundle'].map((part) => join(folder, part)) as [
    string,
    string,
    string,
  ]
  const own = script === undefined ? [] : [join('bench/bare', script), '--config', 'bench/bare/wrangler.toml']
  const output = ['--outdir', out, '--outfile', file, '--metafile', metafile]
  const options = { cwd: ROOT, env: quietly(folder) }
  await runCommand(NODE, [WRANGLER, 'deploy', ...own, '--dry-run', ...output], options)
  const main = script === undefined ? 'index.js' : script.replace(/\.ts$/, '.js')
  return { name, file, modules: readModules(out, main), sources: readSources(metafile) }
}

/** Bytes of all modules together after gzip, as wrangler counts them. */
export const gzipBytes = ({ modules }: Bundle): number =>
  gzipSync(modules.map(({ contents }) => contents).join('')).byteLength

/** The packages that take most of a bundle, in bytes before gzip. */
export function topContributors({ sources }: Bundle, count = 8): { name: string; bytes: number }[] {
  const sums = new Map<string, number>()
  for (const { path, bytes } of sources) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path.slice(path.lastIndexOf('node_modules/')))?.[1] ?? 'src'
    sums.set(name, (sums.get(name) ?? 0) + bytes)
  }
  const entries = [...sums].map(([name, bytes]) => ({ name, bytes }))
  return entries.toSorted((left, right) => right.bytes - left.bytes).slice(0, count)
}
