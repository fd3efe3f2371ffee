import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Service, startService } from '../lib/processes.ts'
import { PHP, USER, WORKERS, isRoot, openToServers, startFpm, withCommonSettings } from './fpm.ts'
import { FPM_PACKAGES, MOD_PHP_PACKAGES, installPackages } from './packages.ts'
import type { PhpIni } from './php.ts'
import { type ServedSite, waitForWordPress } from './server.ts'

/** How PHP runs: in Apache itself, as in WordPress' official image, or in PHP-FPM behind Apache. */
export type ApacheKind = 'mod_php' | 'fpm'

const MODULES = '/usr/lib/apache2/modules'

export const loadModule = (name: string, file = `mod_${name}.so`) => `LoadModule ${name}_module ${join(MODULES, file)}`

/** The rules that WordPress writes into .htaccess. */
function rewriteRules({ base, rewrite, multisite }: ServedSite): string {
  if (!rewrite) return ''
  const network = `RewriteRule ^([_0-9a-zA-Z-]+/)?(wp-(content|admin|includes).*) $2 [L]
    RewriteRule ^([_0-9a-zA-Z-]+/)?(.*\\.php)$ $2 [L]`
  return `RewriteEngine On
    RewriteBase ${base}/
    RewriteRule ^index\\.php$ - [L]
    RewriteCond %{REQUEST_FILENAME} -f [OR]
    RewriteCond %{REQUEST_FILENAME} -d
    RewriteRule ^ - [L]
    ${multisite ? network : ''}
    RewriteRule . index.php [L]`
}

/** Apache refuses to serve as root, so root's servers become another user. */
export const renderUser = () => (isRoot ? `User ${USER}\nGroup ${USER}` : '')

function renderModPhp(ini: PhpIni): string {
  const settings = Object.entries(ini).map(([name, value]) => `php_admin_value ${name} "${value}"`)
  return [loadModule('php', `libphp${PHP}.so`), ...settings].join('\n')
}

const renderFpmProxy = () => [loadModule('proxy'), loadModule('proxy_fcgi')].join('\n')

function renderApache(kind: ApacheKind, site: ServedSite, folder: string, ini: PhpIni): string {
  const handler = kind === 'mod_php' ? 'application/x-httpd-php' : `proxy:unix:${folder}/fpm.sock|fcgi://localhost`
  return `ServerRoot "${folder}"
DefaultRuntimeDir "${folder}"
ServerName 127.0.0.1
Listen 127.0.0.1:${site.port}
PidFile apache.pid
ErrorLog error.log
${renderUser()}
${['mpm_prefork', 'authz_core', 'dir', 'mime', 'rewrite'].map((name) => loadModule(name)).join('\n')}
${kind === 'mod_php' ? renderModPhp(ini) : renderFpmProxy()}
TypesConfig /etc/mime.types
StartServers ${WORKERS}
MaxRequestWorkers ${WORKERS}
DocumentRoot "${site.www}"
DirectoryIndex index.php
<Directory "${site.www}${site.base}">
  Require all granted
  Options FollowSymLinks
  AllowOverride None
  ${kind === 'fpm' ? 'CGIPassAuth On' : ''}
  ${rewriteRules(site)}
  <FilesMatch "\\.php$">
    SetHandler "${handler}"
  </FilesMatch>
</Directory>
`
}

/**
 * Serves a site with Debian's Apache on the loopback interface, with a configuration of its own beside the site, and
 * waits until WordPress answers. Nothing of the system's Apache or PHP-FPM is started or changed.
 */
export async function startApache(kind: ApacheKind, site: ServedSite, ini: PhpIni): Promise<Service> {
  await installPackages(kind === 'mod_php' ? MOD_PHP_PACKAGES : FPM_PACKAGES)
  const folder = join(site.folder, 'apache')
  mkdirSync(folder, { recursive: true })
  const config = join(folder, 'apache.conf')
  writeFileSync(config, renderApache(kind, site, folder, withCommonSettings(ini)))
  await openToServers(site)
  const fpm = kind === 'fpm' ? await startFpm(folder, ini) : undefined
  const apache = startService('apache2', ['-DFOREGROUND', '-f', config], join(folder, 'output.log'))
  await waitForWordPress(apache, site, {})
  return {
    ...apache,
    stop: async () => {
      await apache.stop()
      await fpm?.stop()
    },
  }
}
