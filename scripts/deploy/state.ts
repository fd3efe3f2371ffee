import type { tryCommand } from '../lib/processes.ts'
import type { Served } from '../plugin/publish.ts'
import type { Base } from './base.ts'
import type { Cloudflare } from './cloudflare.ts'
import type { Names } from './config.ts'
import { DeployError } from './errors.ts'
import type { Options } from './options.ts'
import type { Settings } from './settings.ts'

/** What the outside world gives; tests replace parts of it. */
export interface Outside {
  root: string
  env: Record<string, string | undefined>
  fetch: typeof fetch
  print: (line: string) => void
  sleep: (ms: number) => Promise<void>
  /** Runs a program to its end, as `tryCommand` does. */
  command: typeof tryCommand
  /** Builds the static assets, with what is served of the plugin, and the modules of the Worker. */
  build: (plugin: () => Served) => Promise<void>
}

/** What a run knows from the beginning. */
export interface Plan {
  options: Options
  settings: Settings
  base: Base
  names: Names
  outside: Outside
}

export interface Access {
  api: Cloudflare
  token: string
  account: string
}

/** What a run learns, step by step. */
export class Progress {
  access: Access | null = null
  /** Ids of resources, by binding. */
  readonly ids = new Map<string, string>()
  /** What must not be printed. */
  readonly hidden = new Set<string>()
  url: string | null = null
  /** Makes what is served of the plugin. */
  plugin: (() => Served) | null = null
  /** Says what code and configuration are deployed: equal tags, equal deployment. */
  tag: string | null = null
  version: string | null = null
}

/** What an earlier step has left. */
export function known<T>(value: T | null, name: string): T {
  if (value === null) throw new DeployError(`${name} is not known yet.`)
  return value
}

/** One step of a run. Repeating it does nothing that is done. */
export interface Step {
  title: string
  /** What it does, for `--dry-run`: requests and commands, each with its condition. */
  plan: string[]
  /** @returns what was done, in words */
  run: () => Promise<string>
}
