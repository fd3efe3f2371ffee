import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../lib/paths.ts'
import { freePort } from '../lib/ports.ts'
import { type Service, runCommand, startService, tail } from '../lib/processes.ts'
import { FatalWaitError, waitFor } from '../lib/wait.ts'
import { loadModule, renderUser } from './apache.ts'
import { isRoot } from './fpm.ts'
import { MODSECURITY_PACKAGES, VARNISH_PACKAGES, installPackages } from './packages.ts'

/** How strict the Core Rule Set is. */
export type Paranoia = 1 | 2 | 3 | 4

/** A server of its own in front of a web server on the loopback interface. */
export interface Proxy {
  port: number
  stop: () => Promise<void>
}
/** What is started in front of a web server, by that server's port. */
export type StartProxy = (target: number) => Promise<Proxy>

const START_TIMEOUT_MS = 30_000

/** Root's servers become another user. */
async function openToServer(folder: string): Promise<void> {
  if (isRoot) await runCommand('chmod', ['-R', 'a+rwX', folder])
}

/** Waits until something listens there; what stands behind may not answer at all. */
async function waitForProxy(service: Service, port: number): Promise<Proxy> {
  await waitFor('the start of the proxy', START_TIMEOUT_MS, async () => {
    if (!service.isRunning()) throw new FatalWaitError(`it ended at once:\n${tail(service.log())}`)
    return fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' }).then(
      async (answer) => {
        await answer.text()
        return true
      },
      () => undefined,
    )
  })
  return { port, stop: () => service.stop() }
}

const MODULES = ['mpm_event', 'authz_core', 'unique_id', 'proxy', 'proxy_http', 'security2']
const RECOMMENDED = '/etc/modsecurity/modsecurity.conf-recommended'
const SETUP = '/etc/modsecurity/crs/crs-setup.conf'
const RULES = '/usr/share/modsecurity-crs/rules/*.conf'

/** Debian's recommended settings, switched on, with files of their own. */
const renderSettings = (folder: string) =>
  readFileSync(RECOMMENDED, 'utf8')
    .replace(/^SecRuleEngine .*$/m, 'SecRuleEngine On')
    .replace(/^SecAuditLog .*$/m, `SecAuditLog ${folder}/audit.log`)
    .replaceAll(/^Sec(Tmp|Data)Dir .*$/gm, `Sec$1Dir ${folder}/data`)
    .replace('unicode.mapping', '/etc/modsecurity/unicode.mapping')

/** Rule 920350 counts a numeric Host header as an attack, and sites have names. */
const renderModSecurity = (folder: string, port: number, target: number, paranoia: Paranoia) => `ServerRoot "${folder}"
DefaultRuntimeDir "${folder}"
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile apache.pid
ErrorLog error.log
${renderUser()}
${MODULES.map((name) => loadModule(name)).join('\n')}
StartServers 1
${renderSettings(folder)}
SecAction "id:900000,phase:1,nolog,pass,t:none,setvar:tx.paranoia_level=${paranoia}"
Include ${SETUP}
Include ${RULES}
SecRuleRemoveById 920350
ProxyPreserveHost On
ProxyPass / http://127.0.0.1:${target}/
`

/** Apache with ModSecurity and the OWASP Core Rule Set, both as Debian has them, at this level of paranoia. */
export async function startModSecurity(target: number, paranoia: Paranoia): Promise<Proxy & { rules: () => string[] }> {
  await installPackages(MODSECURITY_PACKAGES)
  const [folder, port] = [temporaryFolder('modsecurity'), await freePort()]
  mkdirSync(join(folder, 'data'))
  const config = join(folder, 'apache.conf')
  writeFileSync(config, renderModSecurity(folder, port, target, paranoia))
  await openToServer(folder)
  const service = startService('apache2', ['-DFOREGROUND', '-f', config], join(folder, 'output.log'))
  const audit = join(folder, 'audit.log')
  const readAudit = () => (existsSync(audit) ? readFileSync(audit, 'utf8') : '')
  return {
    ...(await waitForProxy(service, port)),
    rules: () => [...new Set([...readAudit().matchAll(/\[id "(\d+)"\]/g)].map(([, id = '']) => id))],
  }
}

/** Debian's Varnish with its built-in rules: pages of visitors without cookies are kept for two minutes. */
export async function startVarnish(target: number): Promise<Proxy> {
  await installPackages(VARNISH_PACKAGES)
  const [folder, port] = [temporaryFolder('varnish'), await freePort()]
  const config = join(folder, 'site.vcl')
  writeFileSync(config, `vcl 4.1;\nbackend default { .host = "127.0.0.1"; .port = "${target}"; }\n`)
  await openToServer(folder)
  const args = ['-F', '-n', join(folder, 'work'), '-a', `127.0.0.1:${port}`, '-T', 'none', '-f', config]
  const service = startService('varnishd', [...args, '-s', 'malloc,32m'], join(folder, 'output.log'))
  return waitForProxy(service, port)
}
