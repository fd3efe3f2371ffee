import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Service, runCommand, startService, tail } from '../lib/processes.ts'
import { FatalWaitError, waitFor } from '../lib/wait.ts'
import type { PhpIni } from './php.ts'
import type { ServedSite } from './server.ts'

export const PHP = '8.2'
const START_TIMEOUT_MS = 20_000
/** One worker deadlocks as soon as the site calls itself, or the API calls back. */
export const WORKERS = 6

/** Whom root's servers become. */
export const USER = 'www-data'
export const isRoot = process.getuid?.() === 0

export const withCommonSettings = (ini: PhpIni): PhpIni => ({
  memory_limit: '256M',
  'opcache.revalidate_freq': 0,
  ...ini,
})

/** The server is another user than the one who has prepared the site, and both write. */
export async function openToServers({ folder }: ServedSite): Promise<void> {
  if (isRoot) await runCommand('chmod', ['-R', 'a+rwX', folder])
}

function renderFpm(folder: string, ini: PhpIni): string {
  const settings = Object.entries(ini).map(([name, value]) => `php_admin_value[${name}] = ${value}`)
  return `[global]
error_log = ${folder}/fpm.log
daemonize = no
[www]
listen = ${folder}/fpm.sock
listen.mode = 0666
${isRoot ? `user = ${USER}\ngroup = ${USER}` : ''}
pm = static
pm.max_children = ${WORKERS}
${settings.join('\n')}
`
}

/**
 * Starts PHP-FPM with its socket `fpm.sock` in `folder`, and waits for it: Apache asks a backend that once failed again
 * only after a minute.
 */
export async function startFpm(folder: string, ini: PhpIni): Promise<Service> {
  const config = join(folder, 'fpm.conf')
  writeFileSync(config, renderFpm(folder, withCommonSettings(ini)))
  const service = startService(`php-fpm${PHP}`, ['-F', '-y', config], join(folder, 'fpm-output.log'))
  await waitFor('the start of PHP-FPM', START_TIMEOUT_MS, async () => {
    if (!service.isRunning()) throw new FatalWaitError(`PHP-FPM ended at once:\n${tail(service.log())}`)
    return existsSync(join(folder, 'fpm.sock')) ? true : undefined
  })
  return service
}
