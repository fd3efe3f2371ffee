import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from '../lib/paths.ts'

/** What `npm start` remembers: the demo site's place, and the API key that was shown once. */
export type Demo = { wordpressPort?: number; hasContent?: boolean; siteId?: string; apiKey?: string }

export type State = { folder: string; apiFolder: string; wordpressFolder: string; logFile: string; demo: Demo }

const API_URL = 'api-url'

/** Notes where the API of this start answers, for commands that work on it. */
export function noteApi({ folder }: State, url: string): void {
  writeFileSync(join(folder, API_URL), url)
}

/** The API of the `npm start` that runs now; null if none does, or it is not there yet. */
export function findRunning(): (Pick<State, 'apiFolder'> & { apiUrl: string }) | null {
  const folder = cacheFolder('start')
  const file = join(folder, API_URL)
  if (runningProcess(folder) === undefined || !existsSync(file)) return null
  return { apiFolder: join(folder, 'api'), apiUrl: readFileSync(file, 'utf8') }
}

/** Opens the state of the last start, or an empty one; refuses while another start uses it. */
export function openState({ fresh }: { fresh: boolean }): State {
  const folder = cacheFolder('start')
  const other = runningProcess(folder)
  if (other) throw new Error(`npm start is running already (process ${other}); press Ctrl-C there first`)
  if (fresh) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  rmSync(join(folder, API_URL), { force: true })
  writeFileSync(join(folder, 'pid'), String(process.pid))
  const file = join(folder, 'demo.json')
  return {
    folder,
    apiFolder: join(folder, 'api'),
    wordpressFolder: join(folder, 'wordpress'),
    logFile: join(folder, 'start.log'),
    demo: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Demo) : {},
  }
}

/** Adds to what is remembered. */
export function remember(state: State, demo: Demo): void {
  Object.assign(state.demo, demo)
  writeFileSync(join(state.folder, 'demo.json'), JSON.stringify(state.demo), { mode: 0o600 })
}

export function closeState({ folder }: State): void {
  for (const name of ['pid', API_URL]) rmSync(join(folder, name), { force: true })
}

function runningProcess(folder: string): number | undefined {
  const file = join(folder, 'pid')
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  if (!pid) return undefined
  try {
    process.kill(pid, 0)
    const command = `/proc/${pid}/cmdline`
    return existsSync(command) && !/scripts\/(?:start|backup|restore)/.test(readFileSync(command, 'utf8'))
      ? undefined
      : pid
  } catch {
    return undefined
  }
}
