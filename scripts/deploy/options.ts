import { parseArgs } from 'node:util'
import { DeployError } from './errors.ts'

export const ENVIRONMENTS = ['production', 'staging'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

export interface Options {
  command: 'deploy' | 'gradual' | 'rollback'
  environment: Environment
  isDryRun: boolean
  /** Deploys even if the same code and configuration already run. */
  isForced: boolean
  /** Signs the plugin's releases with another key than those that are out there. Only if that one is lost. */
  replacesPluginKey: boolean
  /** Percent of the requests that the new version gets. Only of `gradual`. */
  share: number
  /** The version to go back to. Only of `rollback`; null is the one before. */
  version: string | null
}

export const USAGE = `npm run deploy -- [--env staging] [--dry-run] [--force] [--replace-plugin-key]
npm run deploy -- gradual --share 10 [--env staging] [--dry-run]
npm run deploy -- rollback [version-id] [--env staging] [--dry-run]`

const COMMANDS = { deploy: 1, gradual: 1, rollback: 2 } as const
const VERSION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const refuse = (reason: string): never => {
  throw new DeployError(`${reason}\n\n${USAGE}`)
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        env: { type: 'string', default: 'production' },
        'dry-run': { type: 'boolean', default: false },
        force: { type: 'boolean', default: false },
        'replace-plugin-key': { type: 'boolean', default: false },
        share: { type: 'string' },
      },
      allowPositionals: true,
    })
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

function readShare(text: string | undefined, command: Options['command']): number {
  if (command !== 'gradual') return text === undefined ? 100 : refuse('--share belongs to gradual.')
  const share = Number(text)
  return text !== undefined && share > 0 && share <= 100
    ? share
    : refuse('gradual needs --share, above 0 and up to 100.')
}

/** @throws DeployError with the usage, if an argument is unknown, missing or out of range */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parse(args)
  const [word = 'deploy', version = null, ...rest] = positionals
  const command = (Object.keys(COMMANDS) as Options['command'][]).find((name) => name === word)
  if (command === undefined) return refuse(`There is no command ${word}.`)
  if (rest.length > 0 || positionals.length > COMMANDS[command]) return refuse('There are too many words.')
  if (version !== null && !VERSION_ID.test(version)) return refuse(`${version} is no id of a version.`)
  const environment = ENVIRONMENTS.find((name) => name === values.env)
  if (environment === undefined) return refuse(`--env is ${ENVIRONMENTS.join(' or ')}.`)
  const share = readShare(values.share, command)
  const [isDryRun, replacesPluginKey] = [values['dry-run'], values['replace-plugin-key']]
  return { command, environment, isDryRun, isForced: values.force, replacesPluginKey, share, version }
}
