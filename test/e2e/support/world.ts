import { randomBytes } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { inject } from 'vitest'
import { type Api, startApi } from '../../../scripts/api.ts'
import { type Client, createClient } from '../../../scripts/lib/client.ts'
import { ROOT, temporaryFolder } from '../../../scripts/lib/paths.ts'
import { freePort } from '../../../scripts/lib/ports.ts'
import { stopEverything } from '../../../scripts/lib/shutdown.ts'
import { type MariaDb, startMariaDb } from '../../../scripts/wordpress/mariadb.ts'

export const OWNER = { name: 'Olive Owner', email: 'owner@igny8.test', password: 'correct horse battery' } as const

export type Person = { name: string; email: string; password: string }

/** The real Worker with an empty database, and one account. */
export type World = {
  url: string
  /** Everything the Worker has written: databases, objects, log. */
  folder: string
  owner: Client
  signUp: (person: Person) => Promise<{ token: string }>
  mariaDb: () => Promise<MariaDb>
  stopApi: () => Promise<void>
  startApi: () => Promise<void>
  stop: () => Promise<void>
}

/** Starts the world of one test file. */
export async function startWorld(): Promise<World> {
  const folder = temporaryFolder('e2e-api')
  cpSync(inject('migrated'), join(folder, 'state'), { recursive: true })
  const port = await freePort()
  const options = { port, folder, config: writeConfig(folder), isMigrated: true }
  let api: Api = await startApi(options)
  const signUp = (person: Person) => createClient(api.url).post<{ token: string }>('/auth/sign-up/email', person)
  const { token } = await signUp(OWNER)
  let database: Promise<MariaDb> | undefined
  return {
    url: api.url,
    folder,
    owner: createClient(api.url, token),
    signUp,
    mariaDb: () => (database ??= startMariaDb()),
    stopApi: () => api.stop(),
    startApi: async () => {
      api = await startApi(options)
    },
    stop: stopEverything,
  }
}

/** The project's wrangler.toml, with limits that a test never reaches. */
function writeConfig(folder: string): string {
  const file = join(folder, 'wrangler.toml')
  const text = readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')
    .replaceAll(/limit = \d+/g, 'limit = 100000')
    .replace(/^main = "/m, `main = "${ROOT}/`)
    .replace(/^directory = "/m, `directory = "${ROOT}/`)
    .replace(/^migrations_dir = "/m, `migrations_dir = "${ROOT}/`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, text)
  return file
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** An API key that is well formed and belongs to nobody. */
export function forgeKey(): string {
  const random = (length: number) => [...randomBytes(length)].map((byte) => ALPHABET[byte % 62]).join('')
  const body = `igny8_${random(42)}`
  let rest = crc32(body)
  let checksum = ''
  for (let digit = 0; digit < 6; digit++) {
    checksum = `${ALPHABET[rest % 62]}${checksum}`
    rest = Math.floor(rest / 62)
  }
  return body + checksum
}
