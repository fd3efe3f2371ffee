/** Where `npm run deploy` leaves the operator's secret of a deployment, for the commands that need it. Git ignores the file. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Environment } from './options.ts'

export const operatorTokenFile = (environment: Environment) => `deploy/${environment}.operator-token`

/** Keeps a secret that was made. */
export function keepOperatorToken(root: string, environment: Environment, token: string): void {
  const file = join(root, operatorTokenFile(environment))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${token}\n`, { mode: 0o600 })
}

/** The secret that was kept; null if there is none. */
export function readOperatorToken(root: string, environment: Environment): string | null {
  const file = join(root, operatorTokenFile(environment))
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null
}
