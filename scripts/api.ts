import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { NODE, ROOT, WRANGLER } from './lib/paths.ts'
import { runCommand, startService, tail } from './lib/processes.ts'
import { databaseBindings } from './lib/databases.ts'
import { ensureSecrets } from './lib/secrets.ts'
import { FatalWaitError, waitFor } from './lib/wait.ts'

export type ApiOptions = {
  port: number
  /** Folder for everything this Worker keeps: its databases, its secrets, its log. */
  folder: string
  /** Further or other variables of the Worker. */
  vars?: Record<string, string>
  /** Another wrangler.toml than the project's. */
  config?: string
  /** The database in the folder is up to date. */
  isMigrated?: boolean
}
export type Api = {
  url: string
  log: () => string
  isRunning: () => boolean
  /** Lets the Worker's cron tick once; the local runtime has no clock for it. */
  cron: () => Promise<void>
  stop: () => Promise<void>
}

const START_TIMEOUT_MS = 90_000
const PROBE_TIMEOUT_MS = 5_000
const TICK_TIMEOUT_MS = 60_000

/** Environment of every wrangler here: it asks and reports nothing, and knows of no other Worker on this machine. */
export const wranglerEnvironment = (folder: string): Record<string, string> => ({
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_REGISTRY_PATH: join(folder, 'registry'),
  WRANGLER_LOG_PATH: join(folder, 'logs'),
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
})

/** Applies the migrations to the local databases below `persistTo`; gives the names of those that were new. */
export async function migrateLocally(persistTo: string, config?: string, options: string[] = []): Promise<string[]> {
  const file = config ?? join(ROOT, 'wrangler.toml')
  const applied = new Set<string>()
  for (const binding of databaseBindings(file)) {
    const args = [
      WRANGLER,
      'd1',
      'migrations',
      'apply',
      binding,
      '--local',
      '--persist-to',
      persistTo,
      '--config',
      file,
      ...options,
    ]
    const { stdout } = await runCommand(NODE, args, { cwd: ROOT, env: { ...wranglerEnvironment(persistTo), CI: '1' } })
    for (const [name] of stdout.matchAll(/\b\d{4}_\w+\.sql\b/g)) applied.add(`${binding}: ${name}`)
  }
  return [...applied]
}

/** @see https://developers.cloudflare.com/workers/configuration/cron-triggers/#test-cron-triggers-locally */
async function tick(url: string): Promise<void> {
  const cron = new URLSearchParams({ cron: '* * * * *' })
  const answer = await fetch(`${url}/cdn-cgi/handler/scheduled?${cron}`, {
    signal: AbortSignal.timeout(TICK_TIMEOUT_MS),
  })
  const outcome = await answer.text()
  if (!answer.ok) throw new Error(`${answer.status} ${outcome}`)
}

/** Starts the real Worker on the loopback interface, with a migrated database, and waits until it answers. */
export async function startApi({ port, folder, vars = {}, config, isMigrated = false }: ApiOptions): Promise<Api> {
  const url = `http://127.0.0.1:${port}`
  const [persistTo, secrets, logFile] = [join(folder, 'state'), join(folder, 'dev.vars'), join(folder, 'api.log')]
  mkdirSync(persistTo, { recursive: true })
  ensureSecrets(secrets, url)
  const configuration = config ? ['--config', config] : []
  if (!isMigrated) await migrateLocally(persistTo, config)
  const listen = ['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0']
  const files = ['--persist-to', persistTo, '--env-file', secrets, ...configuration]
  const variables = Object.entries({ PUBLIC_URL: url, WEB_ORIGINS: `http://localhost:${port}`, ...vars }).flatMap(
    ([name, value]) => ['--var', `${name}:${value}`],
  )
  const args = [WRANGLER, 'dev', ...listen, ...files, ...variables, '--show-interactive-dev-session', 'false']
  const service = startService(NODE, args, logFile, { cwd: ROOT, env: wranglerEnvironment(folder) })
  await waitFor(`the start of the API (see ${logFile})`, START_TIMEOUT_MS, async () => {
    if (!service.isRunning())
      throw new FatalWaitError(`the API ended at once (see ${logFile}):\n${tail(service.log())}`)
    if (service.log().includes('[ERROR]'))
      throw new FatalWaitError(`the API does not start (see ${logFile}):\n${tail(service.log())}`)
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })
    await answer.text()
    return answer.ok || undefined
  })
  return { url, log: service.log, isRunning: service.isRunning, cron: () => tick(url), stop: service.stop }
}
