import { randomBytes } from 'node:crypto'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { inject } from 'vitest'
import { startApi } from '../../../scripts/api.ts'
import { type Client, createClient } from '../../../scripts/lib/client.ts'
import { temporaryFolder } from '../../../scripts/lib/paths.ts'
import { freePort } from '../../../scripts/lib/ports.ts'
import { stopEverything } from '../../../scripts/lib/shutdown.ts'
import { type MariaDb, startMariaDb } from '../../../scripts/wordpress/mariadb.ts'
import { createBindings, type RunningApi, startWorker } from './api.ts'

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
  /** Runs the jobs of the cron once. @param at milliseconds since 1970 */
  tick: (at?: number) => Promise<void>
  stopApi: () => Promise<void>
  startApi: () => Promise<void>
  stop: () => Promise<void>
}

/**
 * Starts the world of one test file.
 * @param bindings settings of this world alone
 * @param assets makes the static assets for an API at this address, each time it starts; by default they are those of `public/`
 * @param isDev runs the API by `wrangler dev`, as `npm start` does; else workerd alone, which starts in a quarter of the time
 */
export async function startWorld({
  isDev = false,
  bindings = {},
  assets,
}: {
  isDev?: boolean
  bindings?: Record<string, string>
  assets?: (url: string) => string
} = {}): Promise<World> {
  const folder = temporaryFolder('e2e-api')
  cpSync(inject('migrated'), join(folder, 'state'), { recursive: true })
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = { folder, port, bindings: { ...createBindings(url), ...bindings } }
  const start = () =>
    isDev
      ? startApi({ folder, port, isMigrated: true })
      : startWorker(inject('worker'), { ...settings, assets: assets?.(url) })
  let api: RunningApi = await start()
  const signUp = (person: Person) => createClient(url).post<{ token: string }>('/auth/sign-up/email', person)
  const { token } = await signUp(OWNER)
  let database: Promise<MariaDb> | undefined
  return {
    url,
    folder,
    owner: createClient(url, token),
    signUp,
    mariaDb: () => (database ??= startMariaDb()),
    tick: async (at) => api.tick?.(at),
    stopApi: () => api.stop(),
    startApi: async () => {
      api = await start()
    },
    stop: stopEverything,
  }
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
