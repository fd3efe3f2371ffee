import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const ORIGINS = ['http://127.0.0.1:5173', 'http://localhost:5173']

const secret = () => randomBytes(32).toString('base64')

/** The value of a variable in a file of a local Worker; null if it is not there. */
export function readLocalSecret(file: string, name: string): string | null {
  if (!existsSync(file)) return null
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${name}=`))
  return line === undefined ? null : line.slice(name.length + 1).trim()
}

/**
 * Writes the variables of a local Worker to `file` unless it is there: random secrets, development settings. What was encrypted
 * with these secrets (credentials in the local database) is lost with the file. A file of an earlier version gets what it lacks.
 */
export function ensureSecrets(file: string, publicUrl: string): void {
  if (existsSync(file)) {
    if (readLocalSecret(file, 'OPERATOR_TOKEN') === null) appendFileSync(file, `\nOPERATOR_TOKEN=${secret()}\n`)
    return
  }
  const variables = {
    ENVIRONMENT: 'development',
    PUBLIC_URL: publicUrl,
    WEB_ORIGINS: ORIGINS.join(','),
    API_KEY_PEPPER: secret(),
    SESSION_SECRET: secret(),
    OPERATOR_TOKEN: secret(),
    ENCRYPTION_KEYS: `'${JSON.stringify({ k1: secret() })}'`,
  }
  mkdirSync(dirname(file), { recursive: true })
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(file, `# Made by scripts/lib/secrets.ts for this machine alone.\n${lines.join('')}`, { mode: 0o600 })
}
