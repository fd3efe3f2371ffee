/** Arguments of the commands: which deployment, and what. */
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { ENVIRONMENTS, type Environment } from '../deploy/options.ts'
import { BackupError } from './errors.ts'

/** Which deployment: that of `npm start`, one at an address, or one that `npm run deploy` made. */
export type Place = { kind: 'local' } | { kind: 'url'; url: string } | { kind: 'deployed'; environment: Environment }

export const PLACE_OPTIONS = { env: { type: 'string' }, url: { type: 'string' } } as const

/** Parses arguments strictly. @throws BackupError with the usage */
export function parse<T extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: T, usage: string) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new BackupError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  }
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]'])

function readUrl(text: string, usage: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  // the token must not cross a network in the clear
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname))
  if (!url || !isSafe) throw new BackupError(`--url is the https address of a deployment.\n\n${usage}`)
  return url.origin
}

/** @throws BackupError with the usage */
export function readPlace({ env, url }: { env?: string | undefined; url?: string | undefined }, usage: string): Place {
  if (env !== undefined && url !== undefined) throw new BackupError(`--env and --url exclude each other.\n\n${usage}`)
  if (url !== undefined) return { kind: 'url', url: readUrl(url, usage) }
  if (env === undefined) return { kind: 'local' }
  const environment = ENVIRONMENTS.find((name) => name === env)
  if (environment === undefined) throw new BackupError(`--env is ${ENVIRONMENTS.join(' or ')}.\n\n${usage}`)
  return { kind: 'deployed', environment }
}
