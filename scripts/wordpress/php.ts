import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError, runCommand, tail } from '../lib/processes.ts'
import { phpString } from './config.ts'

export type PhpIni = Record<string, string | number>
export type Php = (code: string, options?: PhpOptions) => Promise<string>

/**
 * PHP's command-line arguments for these settings. All PHP processes of a site share compiled files in its `state` folder:
 * compiling WordPress is most of what a short command does.
 */
export function iniArguments(ini: PhpIni, state: string): string[] {
  const cache = join(state, 'opcache')
  mkdirSync(cache, { recursive: true })
  const opcache = { 'opcache.enable_cli': 1, 'opcache.revalidate_freq': 0, 'opcache.file_cache': cache }
  return Object.entries({ memory_limit: '256M', ...opcache, ...ini }).flatMap(([name, value]) => [
    '-d',
    `${name}=${value}`,
  ])
}

type PhpOptions = { installing?: boolean }

/** A whole PHP script round code that is to run inside a site, after wp-load.php. */
export function wrapPhp(
  site: { root: string; url: string },
  code: string,
  { installing = false }: PhpOptions = {},
): string {
  const { host, pathname } = new URL(`${site.url}/`)
  return `<?php
    $_SERVER['HTTP_HOST'] = ${phpString(host)}; $_SERVER['REQUEST_URI'] = ${phpString(pathname)};
    $_SERVER['REQUEST_METHOD'] = 'GET'; $_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1'; $_SERVER['REMOTE_ADDR'] = '127.0.0.1';
    ${installing ? "define( 'WP_INSTALLING', true );" : ''}
    require ${phpString(`${site.root}/wp-load.php`)};
    ${code}`
}

/** What runs PHP inside a site with this machine's PHP, like `wp eval`. */
export function createPhp(site: { root: string; state: string; url: string; debugLog: string; ini: PhpIni }): Php {
  return async (code, options) => {
    const input = wrapPhp(site, code, options)
    try {
      return (await runCommand('php', iniArguments({ ...site.ini, memory_limit: '512M' }, site.state), { input }))
        .stdout
    } catch (error) {
      const log = existsSync(site.debugLog) ? tail(readFileSync(site.debugLog, 'utf8'), 5) : ''
      if (error instanceof CommandError)
        throw new Error(`PHP failed in ${site.root}:\n${error.message}\n${log}`, { cause: error })
      throw error
    }
  }
}
