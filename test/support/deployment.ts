import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readOptions } from '../../scripts/deploy/options.ts'
import { runDeploy } from '../../scripts/deploy/run.ts'
import type { Outside } from '../../scripts/deploy/state.ts'
import { ACCOUNT, StandIn, TOKEN } from './cloudflare.ts'
import { WranglerModel } from './wrangler-model.ts'

const PROJECT = join(import.meta.dirname, '../..')

/** A checkout, and an account of its own. */
export class Stranger {
  readonly account = new StandIn()
  readonly root = mkdtempSync(join(tmpdir(), 'igny8-deploy-'))
  readonly wrangler = new WranglerModel(this.account, this.root)
  readonly printed: string[] = []
  env: Record<string, string | undefined> = {}
  #stop: () => Promise<void> = async () => undefined

  /** @param linked what the checkout shares with this one; the rest is its own */
  async arrive(linked = ['node_modules', 'package.json', 'wrangler.toml']): Promise<this> {
    for (const name of linked) symlinkSync(join(PROJECT, name), join(this.root, name))
    for (const folder of ['public', 'deploy']) mkdirSync(join(this.root, folder))
    this.write('public/index.html', '<!doctype html><title>IGNY8</title>')
    if (!linked.includes('src')) this.write('src/index.ts', 'export default {}')
    if (!linked.includes('migrations'))
      this.write('migrations/0000_first.sql', 'CREATE TABLE accounts (id TEXT); CREATE TABLE sites (id TEXT);')
    if (!linked.includes('migrations-events'))
      this.write('migrations-events/0000_first.sql', 'CREATE TABLE sync_events (id TEXT);')
    const { url, stop } = await this.account.start()
    this.#stop = stop
    this.env = { PATH: process.env['PATH'], HOME: this.root, CLOUDFLARE_API_TOKEN: TOKEN, CLOUDFLARE_API_BASE_URL: url }
    return this
  }

  async leave(): Promise<void> {
    await this.#stop()
    rmSync(this.root, { recursive: true, force: true })
  }

  write(path: string, text: string): void {
    mkdirSync(join(this.root, path, '..'), { recursive: true })
    writeFileSync(join(this.root, path), text)
  }

  settings(settings: object, environment = 'production'): void {
    this.write(`deploy/${environment}.json`, JSON.stringify(settings))
  }

  /** `npm run deploy -- <words>`. @returns what it printed, and the calls that changed something */
  async deploy(
    words = '',
    more: Partial<Outside> = {},
  ): Promise<{ lines: string[]; changes: string[]; error: string }> {
    const [from, line] = [this.account.calls.length, this.printed.length]
    const error = await this.#try(words, more)
    return { lines: this.printed.slice(line), changes: this.account.changes(from), error }
  }

  async #try(words: string, more: Partial<Outside>): Promise<string> {
    try {
      await runDeploy(readOptions(words.split(' ').filter(Boolean)), { ...this.#outside(), ...more })
      return ''
    } catch (error) {
      return error instanceof Error && error.name === 'DeployError' ? error.message : `not for people: ${String(error)}`
    }
  }

  #outside(): Outside {
    return {
      root: this.root,
      env: this.env,
      fetch: (input, init) => {
        const { url, headers } = new Request(input, init)
        if (url.startsWith(this.env['CLOUDFLARE_API_BASE_URL'] ?? 'none')) return fetch(input, init)
        return Promise.resolve(this.account.visit(url, headers))
      },
      print: (line) => void this.printed.push(line),
      sleep: async () => undefined,
      command: this.wrangler.command,
      build: async () => this.write('dist/worker/index.js', readFileSync(join(this.root, 'src/index.ts'), 'utf8')),
    }
  }
}

export { ACCOUNT, TOKEN }
