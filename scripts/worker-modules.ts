/**
 * Builds the Worker as several modules: those every start needs, and one for each part loaded on first use (accounts
 * and passwords, the API's document). Wrangler's own bundle is one file, all of which is read at every start:
 * docs/adr/0020-worker-in-modules.md. Deployments, the end-to-end tests and the bench use these modules; `wrangler dev`
 * and the tests in the Workers runtime load `src/index.ts` through their own bundlers.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild'
import * as z from 'zod'
import { ROOT } from './lib/paths.ts'
import { readWranglerToml } from './lib/wrangler-toml.ts'

/** Relative to the project. */
export const MODULES_FOLDER = 'dist/worker'
const MAIN_MODULE = 'index.js'

/**
 * What a configuration of wrangler needs to upload the modules as they are. `alias` is unset because the build applied
 * it.
 */
export const MODULES_CONFIG = {
  main: `${MODULES_FOLDER}/${MAIN_MODULE}`,
  no_bundle: true,
  rules: [{ type: 'ESModule', globs: ['**/*.js'] }],
  alias: undefined,
}

const WranglerToml = z.looseObject({ main: z.string(), alias: z.record(z.string(), z.string()).default({}) })

/** The settings of wrangler's own bundler (4.156.2, `bundleWorker`), except for splitting and where source maps go. */
const LIKE_WRANGLER = {
  bundle: true,
  format: 'esm',
  target: 'es2024',
  supported: { 'import-source': true, using: true },
  platform: 'browser',
  conditions: ['workerd', 'worker', 'browser'],
  external: ['node:*', 'cloudflare:*'],
  define: {
    'navigator.userAgent': '"Cloudflare-Workers"',
    'process.env.NODE_ENV': '"production"',
    'global.process.env.NODE_ENV': '"production"',
    'globalThis.process.env.NODE_ENV': '"production"',
  },
  minify: true,
  sourcemap: true,
} satisfies BuildOptions

/** Applies `[alias]` as wrangler does, to the exact name only; esbuild's alias also matches `name/path`. */
const exactly = (alias: Record<string, string>): Plugin => ({
  name: 'alias',
  setup: (bundler) =>
    bundler.onResolve({ filter: /^[^.]/ }, ({ path }) => {
      const instead = alias[path]
      return instead === undefined ? undefined : { path: join(ROOT, instead) }
    }),
})

export interface WorkerModule {
  /** Relative to the modules' folder. */
  path: string
  contents: string
}

/** The modules in a folder, the main one first. */
export function readModules(folder: string, main: string = MAIN_MODULE): WorkerModule[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))
  const paths = [main, ...files.filter((name) => name !== main).toSorted()]
  return paths.map((path) => ({ path, contents: readFileSync(join(folder, path), 'utf8') }))
}

/** Modules as the local runtime takes them. */
export const runtimeModules = (modules: readonly WorkerModule[]) => ({
  modulesRoot: '/',
  modules: modules.map(({ path, contents }) => ({ type: 'ESModule' as const, path: join('/', path), contents })),
})

/**
 * Builds the modules into a folder, which is emptied first.
 * @param folder relative to the project, or absolute
 */
export async function buildWorkerModules(folder: string = MODULES_FOLDER): Promise<Metafile> {
  const { main, alias } = WranglerToml.parse(readWranglerToml())
  rmSync(resolve(ROOT, folder), { recursive: true, force: true })
  const { metafile, warnings } = await build({
    ...LIKE_WRANGLER,
    absWorkingDir: ROOT,
    entryPoints: [main],
    outdir: folder,
    splitting: true,
    plugins: [exactly(alias)],
    metafile: true,
    logLevel: 'silent',
  })
  if (warnings.length > 0)
    throw new Error(warnings.map(({ text, location }) => `${location?.file}: ${text}`).join('\n'))
  return metafile
}
