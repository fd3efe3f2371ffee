// The Worker of the soak, in a process of its own, so that all of it can be killed and started again over what it kept.
import { readdirSync, readFileSync, appendFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { endWithParent, endWithProcess } from '../../scripts/lib/shutdown.ts'
import { readModules, runtimeModules } from '../../scripts/worker-modules.ts'
import { migrate } from '../lib/seed.ts'
import type { Started, WorkerOptions } from './worker.ts'

const ENTRY = `
import app, { SiteSync as Plain } from './index.js'
import { soak } from './soaked.ts'
const soaked = soak(app, Plain)
export const SiteSync = soaked.SiteSync
export default soaked.default
`

function modulesOf(folder: string) {
  const contents = stripTypeScriptTypes(readFileSync(join(import.meta.dirname, 'soaked.ts'), 'utf8'))
  const before = [
    { path: 'entry.js', contents: ENTRY },
    { path: 'soaked.ts', contents },
  ]
  return runtimeModules([...before, ...readModules(folder)])
}

/** The workerd that this process has started; null where the system doesn't tell. */
function findWorkerd(): number | null {
  try {
    const isOurs = (pid: string) =>
      new RegExp(`^Name:\\s*workerd$[\\s\\S]*^PPid:\\s*${process.pid}$`, 'm').test(
        readFileSync(`/proc/${pid}/status`, 'utf8'),
      )
    return Number(readdirSync('/proc').find((name) => /^\d+$/.test(name) && isOurs(name)) ?? Number.NaN) || null
  } catch {
    return null
  }
}

async function start({ built, folder, port, inspectorPort, bindings, isNew }: WorkerOptions): Promise<void> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port,
      inspectorPort,
      cf: false,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: (line) => appendFileSync(join(folder, 'api.log'), `${JSON.stringify(line)}\n`),
      resourcePersistencePath: join(folder, 'state/v3'),
      workers: [
        {
          ...built.options,
          name: 'igny8',
          ...modulesOf(built.folder),
          bindings: { ...built.options.bindings, ...bindings },
        },
      ],
    }),
  )
  endWithProcess({ group: undefined, stop: () => miniflare.dispose(), kill: () => undefined })
  await miniflare.ready
  if (isNew) for (const binding of ['DB', 'EVENTS']) await migrate({ miniflare }, 'igny8', binding)
  process.send?.({ pid: findWorkerd() } satisfies Started)
}

endWithParent()
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'))
await start(JSON.parse(process.argv[2] ?? '{}') as WorkerOptions)
