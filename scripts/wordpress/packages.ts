import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { runCommand, tryCommand } from '../lib/processes.ts'
import { endWithProcess } from '../lib/shutdown.ts'

/** What native WordPress needs of Debian: PHP with its extensions, and MariaDB's programs without a running server. */
export const WORDPRESS_PACKAGES = [
  'php8.2-cli',
  'php8.2-sqlite3',
  'php8.2-curl',
  'php8.2-xml',
  'php8.2-mbstring',
  'php8.2-mysql',
  'mariadb-server-core',
  'mariadb-client-core',
]
/** Apache with PHP as its module, and PHP-FPM behind Apache. `apache2-bin` is the server without the system's service. */
export const MOD_PHP_PACKAGES = ['apache2-bin', 'libapache2-mod-php8.2']
export const FPM_PACKAGES = ['apache2-bin', 'php8.2-fpm']
export const NGINX_PACKAGES = ['nginx', 'php8.2-fpm']
/** What stands in front of a site: Apache with ModSecurity and the OWASP Core Rule Set, and Varnish. */
export const MODSECURITY_PACKAGES = ['apache2-bin', 'libapache2-mod-security2', 'modsecurity-crs']
export const VARNISH_PACKAGES = ['varnish']
/** All of these, for the end-to-end tests. */
export const WEB_PACKAGES = [
  ...new Set([...MOD_PHP_PACKAGES, ...NGINX_PACKAGES, ...MODSECURITY_PACKAGES, ...VARNISH_PACKAGES]),
]
/** What the PHP tests need beyond that. */
export const PHP_TEST_PACKAGES = ['phpunit', 'php-codesniffer']

/** The packages of the list that are not installed; all of them on a system without dpkg. */
export async function missingPackages(packages: string[]): Promise<string[]> {
  const { stdout } = await tryCommand('dpkg-query', ['-W', '-f=${Package} ${Status}\\n', ...packages]).catch(() => ({
    stdout: '',
  }))
  const installed = new Set(
    stdout.split('\n').flatMap((line) => (line.endsWith('install ok installed') ? line.split(' ', 1) : [])),
  )
  return packages.filter((name) => !installed.has(name))
}

/** Installs what is missing of `packages`; needs root on Debian 12, else it says in one line what to install. */
export async function installPackages(packages: string[]): Promise<void> {
  const missing = await missingPackages(packages)
  if (missing.length === 0) return
  const command = `apt-get install ${missing.join(' ')}`
  if (process.getuid?.() !== 0)
    throw new Error(`these Debian packages are missing, and installing them needs root: ${command}`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  await runCommand('apt-get', ['update', '-qq'], { env })
  await withoutServices(() =>
    runCommand('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env }),
  )
}

/** Asked by Debian's packages whether they may start their services: 101 forbids it. */
const POLICY = '/usr/sbin/policy-rc.d'

/** Keeps packages from starting the system's services while `install` runs. */
async function withoutServices(install: () => Promise<unknown>): Promise<void> {
  if (existsSync(POLICY)) return void (await install())
  const allow = () => rmSync(POLICY, { force: true })
  const forget = endWithProcess({ group: undefined, stop: async () => allow(), kill: allow })
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    await install()
  } finally {
    allow()
    forget()
  }
}

/** Downloads the files of Debian packages into `folder` without installing them; works for every user. */
export async function downloadPackages(packages: string[], folder: string): Promise<void> {
  const download = () => runCommand('apt-get', ['download', '-qq', ...packages], { cwd: folder })
  await download().catch(async (error: unknown) => {
    if (process.getuid?.() !== 0) throw error
    await runCommand('apt-get', ['update', '-qq'])
    await download()
  })
}
