/** Wrangler does what it does well: uploads, migrates, shifts traffic. It gets the generated configuration. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { wranglerEnvironment } from '../api.ts'
import { NODE, temporaryFolder, WRANGLER } from '../lib/paths.ts'
import { tail } from '../lib/processes.ts'
import { configFile } from './config.ts'
import { DeployError } from './errors.ts'
import { known, type Plan, type Progress } from './state.ts'

/** Lines that wrangler writes for machines; only those that name a version matter. */
const Written = z.looseObject({ version_id: z.string() })

/** Blanks what must not be printed. */
export function blank(text: string, hidden: Iterable<string>): string {
  let clean = text
  for (const secret of hidden) clean = clean.replaceAll(secret, '[redacted]')
  return clean
}

export interface Ran {
  stdout: string
  /** The id of the version that was uploaded; null if none was. */
  version: string | null
}

function readVersion(file: string): string | null {
  if (!existsSync(file)) return null
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const found = lines.flatMap((line) => Written.safeParse(JSON.parse(line)).data?.version_id ?? [])
  return found.at(-1) ?? null
}

/** What no program that a deployment runs is given by its environment: secrets go to wrangler by standard input. */
export const WITHHELD = [
  'PLUGIN_SIGNING_KEYS',
  'API_KEY_PEPPER',
  'SESSION_SECRET',
  'ENCRYPTION_KEYS',
  'OPERATOR_TOKEN',
  'EMAIL_API_KEY',
  'OTEL_EXPORTER_OTLP_HEADERS',
] as const

const WITHOUT_SECRETS = Object.fromEntries(WITHHELD.map((name) => [name, undefined]))

/**
 * Runs wrangler to its end. The token goes by the environment and secrets by standard input: arguments are public.
 * @throws DeployError with the end of what wrangler said, secrets blanked
 */
export async function runWrangler(
  plan: Plan,
  progress: Progress,
  args: string[],
  { input, config = configFile(plan.options.environment) }: { input?: string; config?: string } = {},
): Promise<Ran> {
  const { root, env } = plan.outside
  const folder = temporaryFolder('wrangler')
  const output = join(folder, 'output.ndjson')
  const access = progress.access
  const { code, stdout, stderr } = await plan.outside.command(NODE, [WRANGLER, ...args, '--config', config], {
    cwd: root,
    env: {
      ...env,
      ...wranglerEnvironment(folder),
      ...WITHOUT_SECRETS,
      ...(access && { CLOUDFLARE_API_TOKEN: access.token, CLOUDFLARE_ACCOUNT_ID: access.account }),
      WRANGLER_OUTPUT_FILE_PATH: output,
      CI: '1',
      NO_COLOR: '1',
    },
    ...(input !== undefined && { input }),
  })
  const clean = (text: string) => blank(text, progress.hidden)
  if (code !== 0)
    throw new DeployError(`wrangler ${args.slice(0, 3).join(' ')} failed:\n${clean(tail(stdout + stderr))}`)
  return { stdout: clean(stdout), version: readVersion(output) }
}

/** The token of `wrangler login`, where `CLOUDFLARE_API_TOKEN` is not set; null if nobody has logged in. */
export async function readLogin({ outside }: Plan): Promise<string | null> {
  const own = wranglerEnvironment(temporaryFolder('wrangler'))
  const env = { ...outside.env, ...own, ...WITHOUT_SECRETS, CI: '1' }
  const { code, stdout } = await outside.command(NODE, [WRANGLER, 'auth', 'token', '--json'], {
    cwd: outside.root,
    env,
  })
  if (code !== 0) return null
  const found = /\{[\s\S]*\}/.exec(stdout)?.[0] ?? '{}'
  const Login = z.object({ type: z.enum(['oauth', 'api_token']), token: z.string() })
  return Login.safeParse(JSON.parse(found)).data?.token ?? null
}

/** As a person would type it. */
export const commandLine = (plan: Plan, args: string[], config = configFile(plan.options.environment)) =>
  `wrangler ${args.join(' ')} --config ${config}`

export const accessOf = (progress: Progress) => known(progress.access, 'The account')
