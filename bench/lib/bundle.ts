import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Metafile } from 'esbuild'
import { NODE, ROOT, temporaryFolder, WRANGLER } from '../../scripts/lib/paths.ts'
import { runCommand } from '../../scripts/lib/processes.ts'
import { readWranglerToml } from '../../scripts/lib/wrangler-toml.ts'
import { buildWorkerModules, MODULES_CONFIG, readModules, type WorkerModule } from '../../scripts/worker-modules.ts'

/** A Worker as it would be deployed: its modules, the main one first, and what went into them. */
export interface Bundle {
  name: string
  modules: WorkerModule[]
  /** The upload itself, as `wrangler check startup --worker` takes it. */
  file: string
  /** Bytes by source file, largest first. */
  sources: { path: string; bytes: number }[]
}

/** Environment of every wrangler here: it asks and reports nothing, and logs into the folder of its run. */
export const quietly = (folder: string) => ({
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG_PATH: folder,
})

/** Source files by their bytes, largest first. */
const sourcesOf = ({ outputs }: Metafile): Bundle['sources'] =>
  Object.values(outputs)
    .flatMap((output) => Object.entries(output.inputs))
    .map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }))
    .toSorted((left, right) => right.bytes - left.bytes)

/** The configuration with which wrangler uploads the modules in `out`, in a file beside them. */
function writeConfig(folder: string, out: string): string {
  const base = readWranglerToml()
  const assets = { ...Object(base['assets']), directory: join(ROOT, 'public') }
  const file = join(folder, 'wrangler.json')
  writeFileSync(file, JSON.stringify({ ...base, ...MODULES_CONFIG, main: join(out, 'index.js'), assets }))
  return file
}

/**
 * Builds the project's Worker as a deployment does, or a bare one with wrangler, without deploying it.
 * @param script a bare Worker below bench/bare; absent: the project's own
 */
export async function buildWorker(name: string, script?: string): Promise<Bundle> {
  const folder = temporaryFolder(`bench-${name}`)
  const [out, file, metafile] = [join(folder, 'out'), join(folder, 'worker.bundle'), join(folder, 'meta.json')]
  const upload = async (...args: string[]) =>
    runCommand(NODE, [WRANGLER, 'deploy', ...args, '--dry-run', '--outfile', file], {
      cwd: ROOT,
      env: quietly(folder),
    })
  if (script === undefined) {
    const sources = sourcesOf(await buildWorkerModules(out))
    await upload('--config', writeConfig(folder, out))
    return { name, file, modules: readModules(out), sources }
  }
  const config = ['--config', 'bench/bare/wrangler.toml']
  await upload(join('bench/bare', script), ...config, '--outdir', out, '--metafile', metafile)
  const sources = sourcesOf(JSON.parse(readFileSync(metafile, 'utf8')) as Metafile)
  return { name, file, modules: readModules(out, script.replace(/\.ts$/, '.js')), sources }
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
