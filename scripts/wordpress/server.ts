import { join } from 'node:path'
import { type Service, startService, tail } from '../lib/processes.ts'
import { FatalWaitError, waitFor } from '../lib/wait.ts'
import { type PhpIni, iniArguments } from './php.ts'

/** What stands in front of WordPress on some hosts. */
export type Front = { basicAuth?: string; stripAuthorization?: boolean }
export type ServedSite = {
  folder: string
  /** Its file `refuse`, if there is one, holds a pattern of requests that never reach WordPress. */
  state: string
  www: string
  url: string
  port: number
  base: string
  rewrite: boolean
  multisite: boolean
}

const START_TIMEOUT_MS = 20_000
/** One worker deadlocks as soon as the API calls back while WordPress waits for it. */
const WORKERS = 4

/** Serves a site with PHP's built-in server on the loopback interface, and waits until WordPress answers. */
export async function startServer(site: ServedSite, ini: PhpIni, front: Front): Promise<Service> {
  const router = join(import.meta.dirname, 'router.php')
  const args = [...iniArguments(ini, site.state), '-S', `127.0.0.1:${site.port}`, '-t', site.www, router]
  const env = {
    PHP_CLI_SERVER_WORKERS: String(WORKERS),
    IGNY8_BASE: site.base,
    IGNY8_REWRITE: site.rewrite ? '1' : '',
    IGNY8_MULTISITE: site.multisite ? '1' : '',
    IGNY8_BASIC_AUTH: front.basicAuth ?? '',
    IGNY8_REFUSE: join(site.state, 'refuse'),
    IGNY8_STRIP_AUTHORIZATION: front.stripAuthorization ? '1' : '',
  }
  const service = startService('php', args, join(site.folder, 'server.log'), { env })
  await waitForWordPress(service, site, front)
  return service
}

/** Waits until WordPress answers. */
export async function waitForWordPress(service: Service, site: ServedSite, front: Front): Promise<void> {
  await waitFor(`the start of WordPress at ${site.url}`, START_TIMEOUT_MS, async () => {
    if (!service.isRunning()) throw new FatalWaitError(`the web server ended at once:\n${tail(service.log())}`)
    const answer = await fetch(`${site.url}/?rest_route=/`, { redirect: 'manual', signal: AbortSignal.timeout(5_000) })
    await answer.text() // PHP closes its connections; undici breaks on one whose body nobody reads.
    // a network sends whoever asks at another address than its own away
    const isThere = answer.ok || (answer.status >= 300 && answer.status < 400)
    return isThere || (answer.status === 401 && front.basicAuth) ? true : undefined
  })
}
