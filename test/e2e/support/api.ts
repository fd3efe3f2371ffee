import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from 'miniflare'
import { endWithProcess } from '../../../scripts/lib/shutdown.ts'
import { readModules, runtimeModules } from '../../../scripts/worker-modules.ts'

type WorkerOptions = Extract<V4MiniflareOptions, { workers: unknown }>['workers'][number]

/** The Worker as it is deployed, with the options of wrangler.toml. Every world runs this same one. */
export interface BuiltWorker {
  /** Of its modules. */
  folder: string
  options: WorkerOptions
}

export interface RunningApi {
  stop: () => Promise<void>
  /** Runs the jobs of the cron once, at a time in milliseconds since 1970. `wrangler dev` runs them by itself. */
  tick?: (at?: number) => Promise<void>
}

/** One whose stores can be looked into. */
export interface RunningWorker extends RunningApi {
  tick: (at?: number) => Promise<void>
  miniflare: Miniflare
}

/** Limits that a test never reaches. */
const UNLIMITED = { limit: 100_000, period: 60 } as const
const secret = () => randomBytes(32).toString('base64')

/** Secrets and settings of one world; what is encrypted with them is lost with them. */
export const createBindings = (url: string): Record<string, string> => ({
  ENVIRONMENT: 'development',
  PUBLIC_URL: url,
  WEB_ORIGINS: url.replace('127.0.0.1', 'localhost'),
  API_KEY_PEPPER: secret(),
  SESSION_SECRET: secret(),
  OPERATOR_TOKEN: secret(),
  ENCRYPTION_KEYS: JSON.stringify({ k1: secret() }),
})

/**
 * Starts the Worker in workerd, over the databases that `wrangler d1 migrations apply` made in `state`, without the processes
 * of `wrangler dev` round it; `npm start` and the tutorial's test have those. The log of the Worker goes to `api.log`.
 * `assets` is another folder of static assets than `public/`.
 */
export async function startWorker(
  { folder: built, options }: BuiltWorker,
  {
    folder,
    port,
    bindings,
    assets,
  }: { folder: string; port: number; bindings: Record<string, string>; assets?: string | undefined },
): Promise<RunningWorker> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port,
      cf: false,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: (line) => appendFileSync(join(folder, 'api.log'), `${JSON.stringify(line)}\n`),
      resourcePersistencePath: join(folder, 'state/v3'),
      workers: [
        {
          ...options,
          ...(assets !== undefined && { assets: { ...options.assets, directory: assets } }),
          name: 'igny8',
          ...runtimeModules(readModules(built)),
          bindings: { ...options.bindings, ...bindings },
          ratelimits: {
            THROTTLE_INTEGRATION: { namespace_id: '1001', simple: UNLIMITED },
            THROTTLE_ACCOUNT: { namespace_id: '1003', simple: UNLIMITED },
            THROTTLE_ANONYMOUS: { namespace_id: '1002', simple: UNLIMITED },
            THROTTLE_UNVERIFIED: { namespace_id: '1004', simple: UNLIMITED },
            THROTTLE_UNVERIFIED_ACCOUNT: { namespace_id: '1005', simple: UNLIMITED },
          },
        },
      ],
    }),
  )
  await miniflare.ready
  const stop = () => miniflare.dispose()
  const forget = endWithProcess({ group: undefined, stop, kill: () => undefined })
  return {
    miniflare,
    tick: async (at = Date.now()) => {
      const worker = await miniflare.getWorker()
      await worker.scheduled({ cron: '* * * * *', scheduledTime: new Date(at) })
    },
    stop: async () => {
      forget()
      await stop()
    },
  }
}
