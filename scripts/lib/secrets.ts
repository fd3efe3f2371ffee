import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const ORIGINS = ['http://127.0.0.1:5173', 'http://localhost:5173']

/**
 * Writes the variables of a local Worker to `file` unless it is there: random secrets, development settings. What was encrypted
 * with these secrets (credentials in the local database) is lost with the file.
 */
export function ensureSecrets(file: string, publicUrl: string): void {
  if (existsSync(file)) return
  const secret = () => randomBytes(32).toString('base64')
  const variables = {
    ENVIRONMENT: 'development',
    PUBLIC_URL: publicUrl,
    WEB_ORIGINS: ORIGINS.join(','),
    API_KEY_PEPPER: secret(),
    SESSION_SECRET: secret(),
    ENCRYPTION_KEYS: `'${JSON.stringify({ k1: secret() })}'`,
  }
  mkdirSync(dirname(file), { recursive: true })
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(file, `# Made by scripts/lib/secrets.ts for this machine alone.\n${lines.join('')}`, { mode: 0o600 })
}
