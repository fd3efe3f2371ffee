/**
 * What wrangler does to an account, without its start-up of seconds: for tests of what a deployment decides. The real one runs
 * against the same stand-in in test/e2e/deploy.test.ts.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { CommandOptions, CommandResult } from '../../scripts/lib/processes.ts'
import type { StandIn } from './cloudflare.ts'

interface Config {
  name: string
  main: string
  vars: Record<string, string>
  d1_databases: { binding: string; database_id: string; migrations_dir: string }[]
  triggers: { crons: string[] }
  workers_dev: boolean
  routes?: { pattern: string }[]
}

const ENDED = { code: 0, stdout: '', stderr: '' }

export class WranglerModel {
  /** Arguments of each run, as one would read them in the list of processes. */
  readonly commands: string[] = []
  /** Secrets that were handed over. */
  readonly secrets: string[] = []
  readonly #account: StandIn
  readonly #root: string
  /** Names of runs that break off, by the beginning of their arguments. */
  breaks = ''

  constructor(account: StandIn, root: string) {
    this.#account = account
    this.#root = root
  }

  /** As `tryCommand`. */
  readonly command = async (
    _program: string,
    [, ...args]: string[],
    options: CommandOptions = {},
  ): Promise<CommandResult> => {
    const line = args.join(' ')
    this.commands.push(line)
    if (options.input !== undefined) this.secrets.push(...Object.values(JSON.parse(options.input) as object))
    if (this.breaks !== '' && line.startsWith(this.breaks))
      return { code: 1, stdout: `${line}\n${options.input ?? ''}`, stderr: `${options.env?.['CLOUDFLARE_API_TOKEN']}` }
    try {
      this.#play(line, args, options)
      return ENDED
    } catch (error) {
      return { ...ENDED, code: 1, stderr: error instanceof Error ? error.message : String(error) }
    }
  }

  #play(line: string, args: string[], { input, env }: CommandOptions): void {
    const after = (flag: string) => args[args.indexOf(flag) + 1] ?? ''
    const say = (version: string) =>
      writeFileSync(env?.['WRANGLER_OUTPUT_FILE_PATH'] ?? '', `{"type":"session"}\n{"version_id":"${version}"}\n`)
    if (line.startsWith('auth token')) throw new Error('Not logged in.')
    if (line.startsWith('deploy --dry-run')) return this.#check(this.#config(after('--config')))
    if (line.startsWith('d1 migrations apply')) return this.#migrate(this.#config(after('--config')), args[3] ?? '')
    if (line.startsWith('secret bulk')) return this.#putSecrets(this.#config(after('--config')), input ?? '{}')
    if (line.startsWith('deploy ')) return say(this.#deploy(this.#config(after('--config')), after('--tag')))
    if (line.startsWith('versions upload')) return say(this.#upload(this.#config(after('--config')), after('--tag')))
    if (line.startsWith('triggers deploy')) return this.#setTriggers(this.#config(after('--config')))
    const name = args.includes('--name') ? after('--name') : this.#config(after('--config')).name
    if (line.startsWith('versions deploy')) return this.#shift(name, args)
    throw new Error(`the model knows no wrangler ${line}`)
  }

  #config = (file: string) => JSON.parse(readFileSync(join(this.#root, file), 'utf8')) as Config

  #check({ main }: Config): void {
    if (!existsSync(join(this.#root, main))) throw new Error(`The entry-point file at ${main} was not found.`)
  }

  #migrate(config: Config, binding: string): void {
    const bound = config.d1_databases.find((one) => one.binding === binding)
    const database = this.#account.databases.find(({ uuid }) => uuid === bound?.database_id)
    if (!bound || !database) throw new Error(`Couldn't find a D1 DB with the name or binding '${binding}'`)
    const { sqlite } = database
    const folder = join(this.#root, bound.migrations_dir)
    sqlite.exec('CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY, name TEXT UNIQUE)')
    for (const name of readdirSync(folder).toSorted()) {
      if (!name.endsWith('.sql') || sqlite.prepare('SELECT 1 FROM d1_migrations WHERE name = ?').get(name)) continue
      sqlite.exec(readFileSync(join(folder, name), 'utf8'))
      sqlite.prepare('INSERT INTO d1_migrations (name) VALUES (?)').run(name)
    }
  }

  #putSecrets({ name }: Config, input: string): void {
    if (!this.#account.workers.has(name)) this.#account.addWorker(name)
    const { secrets } = this.#account.worker(name)
    for (const [one, value] of Object.entries(JSON.parse(input) as Record<string, string>)) secrets.set(one, value)
  }

  #upload({ name, vars }: Config, tag: string): string {
    const worker = this.#account.worker(name)
    const variables = Object.entries(vars).map(([one, text]) => ({ name: one, type: 'plain_text', text }))
    const bindings = [...variables, { name: 'SITE_SYNC', type: 'durable_object_namespace' }]
    const [id, number] = [randomUUID(), worker.versions.length + 1]
    worker.versions.push({ id, number, annotations: { 'workers/tag': tag }, bindings, metadata: {} })
    return id
  }

  #deploy(config: Config, tag: string): string {
    const id = this.#upload(config, tag)
    this.#account.give(this.#account.worker(config.name), [{ version_id: id, percentage: 100 }])
    if (this.breaks === 'between') throw new Error('the connection was lost')
    this.#setTriggers(config)
    return id
  }

  #setTriggers(config: Config): void {
    const worker = this.#account.worker(config.name)
    worker.schedules = config.triggers.crons.map((cron) => ({ cron }))
    worker.subdomain.enabled = config.workers_dev
    for (const { pattern } of config.routes ?? [])
      this.#account.domains.push({ hostname: pattern, service: config.name })
  }

  #shift(name: string, args: string[]): void {
    const specs = args.filter((one) => /^[0-9a-f-]{36}@/.test(one)).map((one) => one.split('@'))
    const traffic = specs.map(([version = '', share]) => ({ version_id: version, percentage: Number(share) }))
    this.#account.give(this.#account.worker(name), traffic)
  }
}
