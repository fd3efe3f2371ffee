import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { NODE, temporaryFolder, WRANGLER } from '../../scripts/lib/paths.ts'
import { runCommand } from '../../scripts/lib/processes.ts'
import { quietly, type Bundle } from './bundle.ts'
import { compare, type Comparison } from './compare.ts'
import { COMPATIBILITY, modulesOf } from './runtime.ts'

/** Differences below this are the clock's. */
const CLOCK_MS = 0.1
const WINDOW = /Profile window:\s*([\d.]+) ms/
const SECOND_IMPORT_IS_FREE = (main: string) => `export default {
  async fetch(request) {
    if (request.url.endsWith('/start')) await import('./${main}')
    return new Response('ok')
  }
}`

/** How long a Worker's start takes in milliseconds: the profile window, since the CPU samples in it are 2 to 50. */
async function checkStartup({ file }: Bundle): Promise<number> {
  const folder = temporaryFolder('bench-startup')
  const args = [WRANGLER, 'check', 'startup', '--worker', file, '--outfile', join(folder, 'startup.cpuprofile')]
  const { stdout } = await runCommand(NODE, args, { cwd: folder, env: quietly(folder) })
  const duration = WINDOW.exec(stdout)?.[1]
  if (duration === undefined) throw new Error(`wrangler check startup says:\n${stdout}`)
  return Number(duration)
}

/** Compares the start of two Workers by `wrangler check startup`. */
export const compareStartup = (ours: Bundle, bare: Bundle, rounds: number): Promise<Comparison> =>
  compare(
    rounds,
    () => checkStartup(ours),
    () => checkStartup(bare),
  )

async function timeRequest(url: URL): Promise<number> {
  const started = performance.now()
  const answer = await fetch(url)
  const text = await answer.text()
  if (text !== 'ok') throw new Error(`${url.href} answered ${answer.status}: ${text}`)
  return performance.now() - started
}

/** How much longer the request takes that loads a Worker's modules than one that finds them loaded, in milliseconds. */
async function timeImport(url: URL): Promise<number> {
  await timeRequest(url)
  await timeRequest(url)
  const first = await timeRequest(new URL('/start', url))
  return Math.max(CLOCK_MS, first - (await timeRequest(new URL('/start', url))))
}

/** Compares compiling and running the modules of two Workers, in fresh isolates of one runtime. */
export async function compareImport(ours: Bundle, bare: Bundle, rounds: number): Promise<Comparison> {
  const copies = (bundle: Bundle) =>
    Array.from({ length: rounds + 1 }, (_, index) => ({
      ...COMPATIBILITY,
      ...modulesOf(bundle, SECOND_IMPORT_IS_FREE(bundle.modules[0]?.path ?? '')),
      name: `${bundle.name}-${index}`,
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
    }))
  const workers = [...copies(ours), ...copies(bare)]
  const log = new Log(LogLevel.ERROR)
  const miniflare = new Miniflare(convertV4MiniflareOptions({ host: '127.0.0.1', cf: false, log, workers }))
  try {
    await miniflare.ready
    const used = { [ours.name]: 0, [bare.name]: 0 }
    const next = async ({ name }: Bundle) => {
      const index = used[name] ?? 0
      used[name] = index + 1
      return timeImport(await miniflare.unsafeGetDirectURL(`${name}-${index}`))
    }
    return await compare(
      rounds,
      () => next(ours),
      () => next(bare),
    )
  } finally {
    await miniflare.dispose()
  }
}
