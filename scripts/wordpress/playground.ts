import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODE, ROOT, temporaryFolder } from '../lib/paths.ts'
import { freePort } from '../lib/ports.ts'
import { type Service, startService, tail } from '../lib/processes.ts'
import { step } from '../lib/progress.ts'
import { ensurePackage } from './downloads.ts'
import { siteFolders } from './files.ts'
import { type Php, wrapPhp } from './php.ts'
import { prepareSite } from './prepare.ts'
import { STABLE, ensureSources } from './sources.ts'
import type { WordPress, WordPressOptions } from './types.ts'

const PACKAGE = join(ROOT, 'scripts/playground')
const START_TIMEOUT_MS = 180_000
const DRIVER = '/sqlite-driver'

/** The same as `startWordPress`, with PHP in WebAssembly: slower, and needs nothing but Node. SQLite, pretty permalinks. */
export async function startPlayground(options: WordPressOptions): Promise<WordPress> {
  await step('PHP in WebAssembly (215 MB, downloaded once)', () => ensurePackage(PACKAGE))
  const sources = await ensureSources(options.version ?? STABLE)
  const folders = siteFolders(options.folder ?? temporaryFolder('playground'))
  const port = options.port ?? (await freePort())
  const url = `http://127.0.0.1:${port}`
  const mounts = [
    { hostPath: folders.www, vfsPath: '/wordpress' },
    { hostPath: folders.state, vfsPath: '/state' },
    { hostPath: sources.sqliteDriver, vfsPath: DRIVER },
  ]
  let service: Service | undefined
  const php: Php = async (code, phpOptions) => {
    service ??= await startServer(join(folders.folder, 'server.log'), { port, mounts })
    return ask(service, wrapPhp({ root: '/wordpress', url }, code, phpOptions))
  }
  const seenByPhp = { state: '/state', driver: DRIVER }
  const { define, isNew } = await prepareSite({ options, folders, sources, url, php, seenByPhp })
  return {
    url,
    root: folders.root,
    state: folders.state,
    port,
    isNew,
    php,
    define,
    cron: async () => void (await (await fetch(`${url}/wp-cron.php?doing_wp_cron`)).text()),
    debugLog: () => (existsSync(folders.debugLog) ? readFileSync(folders.debugLog, 'utf8') : ''),
    isRunning: () => service?.isRunning() ?? false,
    stop: () => service?.stop() ?? Promise.resolve(),
  }
}

type Answer = { id: number; output: string; failure: string }

async function startServer(logFile: string, start: object): Promise<Service> {
  const script = join(PACKAGE, 'server.ts')
  const service = startService(NODE, [script, JSON.stringify(start)], logFile, { cwd: PACKAGE, ipc: true })
  await answerTo(service, 0, START_TIMEOUT_MS)
  return service
}

let lastId = 0
async function ask(service: Service, code: string): Promise<string> {
  const id = ++lastId
  const answer = answerTo(service, id, START_TIMEOUT_MS)
  service.child.send({ id, code })
  return (await answer).output
}

function answerTo(service: Service, id: number, timeoutMs: number): Promise<Answer> {
  const { child } = service
  return new Promise((resolve, reject) => {
    const end = (action: () => void) => {
      clearTimeout(timer)
      child.off('message', onMessage)
      child.off('close', onClose)
      action()
    }
    const fail = (reason: string) =>
      end(() => reject(new Error(`Playground ${reason} (see ${service.logFile})\n${tail(service.log())}`)))
    const onMessage = (answer: Answer) => {
      if (answer.id !== id) return
      if (answer.failure === '') end(() => resolve(answer))
      else fail(`could not run PHP: ${answer.failure}`)
    }
    const onClose = () => fail('ended by itself')
    const timer = setTimeout(() => fail(`did not answer within ${timeoutMs / 1000} s`), timeoutMs)
    child.on('message', onMessage)
    child.on('close', onClose)
  })
}
