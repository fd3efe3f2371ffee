// npm run dev: the API alone, with reload, on a migrated local database. Takes wrangler's own flags.
import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { migrateLocally, wranglerEnvironment } from './api.ts'
import { buildAssets } from './build.ts'
import { freePort } from './lib/ports.ts'
import { NODE, ROOT, WRANGLER } from './lib/paths.ts'
import { step } from './lib/progress.ts'
import { publishLocally } from './plugin/local.ts'
import { ensureSecrets } from './lib/secrets.ts'

const DEFAULT_PORT = 8787
const args = process.argv.slice(2)
const text = { type: 'string' } as const
const { values } = parseArgs({
  args,
  options: { port: text, ip: text, 'persist-to': text, env: { ...text, short: 'e' }, config: { ...text, short: 'c' } },
  strict: false,
  allowPositionals: true,
})
const given = (name: string): string | undefined => {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

const port = Number(given('port') ?? (await freePort(DEFAULT_PORT)))
const persistTo = resolve(given('persist-to') ?? join(ROOT, '.wrangler/state'))
const url = `http://${given('ip') ?? '127.0.0.1'}:${port}`
const environment = given('env')

ensureSecrets(join(ROOT, '.dev.vars'), url)
await step('Static assets and plugin zip', () => buildAssets(publishLocally(url)))
await step(`Database in ${persistTo}`, () =>
  migrateLocally(persistTo, given('config'), environment ? ['--env', environment] : []),
)
const defaults = [
  ...(given('port') ? [] : ['--port', String(port)]),
  ...(given('ip') ? [] : ['--ip', '127.0.0.1']),
  ...(given('persist-to') ? [] : ['--persist-to', persistTo]),
  ...(args.some((arg) => arg.includes('PUBLIC_URL')) ? [] : ['--var', `PUBLIC_URL:${url}`]),
  // what is reached from elsewhere has no sink, and what sends mail needs none
  ...(given('ip') || args.some((arg) => /EMAIL|MAIL_SINK/.test(arg)) ? [] : ['--var', 'MAIL_SINK:on']),
]
const { WRANGLER_SEND_METRICS, CLOUDFLARE_CF_FETCH_ENABLED } = wranglerEnvironment(persistTo)
const env = { WRANGLER_SEND_METRICS, CLOUDFLARE_CF_FETCH_ENABLED, ...process.env }
const wrangler = spawn(NODE, [WRANGLER, 'dev', ...args, ...defaults], { cwd: ROOT, stdio: 'inherit', env })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => wrangler.kill(signal))
wrangler.on('exit', (code) => process.exit(code ?? 1))
