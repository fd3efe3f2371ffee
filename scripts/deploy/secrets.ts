/**
 * The secrets of the Worker. Those that are missing are taken from the environment of the command, else made here, and put
 * by the API: never shown, never put twice, since a new value in the place of an old one makes what was sealed or hashed
 * with it unreadable. None is written to a file but the one that an operator needs: OPERATOR_TOKEN.
 */
import { randomBytes } from 'node:crypto'
import { hasAccounts } from './database.ts'
import { DeployError } from './errors.ts'
import { keepOperatorToken, operatorTokenFile, readOperatorToken } from './operator-token.ts'
import type { Plan, Progress, Step } from './state.ts'
import { listSecrets } from './worker.ts'
import { commandLine, runWrangler } from './wrangler.ts'

const random = () => randomBytes(32).toString('base64')

/**
 * How each required secret is made, and whether data depends on it: keys and audit log on the pepper, authenticator apps on
 * the session secret, credentials of sites on the encryption keys.
 */
export const SECRETS: Record<string, { make: () => string; holdsData: boolean }> = {
  API_KEY_PEPPER: { make: random, holdsData: true },
  SESSION_SECRET: { make: random, holdsData: true },
  ENCRYPTION_KEYS: { make: () => JSON.stringify({ k1: random() }), holdsData: true },
  OPERATOR_TOKEN: { make: random, holdsData: false },
}

/** As the Worker demands it. */
const SHORTEST_TOKEN = 43

/** The Worker refuses its configuration with a shorter one. */
export function checkOperatorToken({ outside }: Plan): Step {
  return {
    title: "Operator's secret",
    plan: [`Stop if the environment has an OPERATOR_TOKEN of fewer than ${SHORTEST_TOKEN} characters.`],
    async run() {
      const given = outside.env['OPERATOR_TOKEN']
      if (given === undefined) return 'as it is'
      if (given.length >= SHORTEST_TOKEN) return 'in the environment'
      throw new DeployError(`OPERATOR_TOKEN has at least ${SHORTEST_TOKEN} characters: openssl rand -base64 32`)
    },
  }
}

/** The operator's secret: that of the environment, else the one that was kept, else a new one, which is kept. */
function chooseOperatorToken({ outside, options }: Plan): string {
  const given = outside.env['OPERATOR_TOKEN']
  const token = given ?? readOperatorToken(outside.root, options.environment) ?? random()
  if (given === undefined) keepOperatorToken(outside.root, options.environment, token)
  return token
}

/** Secrets that others make: taken from the environment of the command, once. */
const GIVEN = ['EMAIL_API_KEY', 'OTEL_EXPORTER_OTLP_HEADERS']

const BULK = ['secret', 'bulk']

function makeMissing(plan: Plan, names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      if (name === 'OPERATOR_TOKEN') return [name, chooseOperatorToken(plan)]
      const secret = SECRETS[name]
      if (!secret) throw new DeployError(`Nothing here knows how to make the secret ${name}: scripts/deploy/secrets.ts`)
      return [name, plan.outside.env[name] || secret.make()]
    }),
  )
}

const LOST = (names: string[]) => `The database has accounts, and the Worker lacks ${names.join(', ')}.
New values would make useless what was hashed or sealed with the old ones. Set the old ones in the environment of this
command, under these names.`

/** Stops where secrets are lost that data depends on: a Worker that was deleted, or a database that was brought along. */
export function checkSecrets(plan: Plan, progress: Progress): Step {
  const { worker } = plan.names
  return {
    title: 'Secrets that data depends on',
    plan: [`Stop if the database has accounts, and ${worker} and the environment lack one of them.`],
    async run() {
      const there = new Set(await listSecrets(plan, progress))
      const isKnown = (name: string) => there.has(name) || Boolean(plan.outside.env[name])
      const missing = plan.base.secrets.required.filter((name) => SECRETS[name]?.holdsData && !isKnown(name))
      if (missing.length === 0) return 'all are there, or in the environment'
      if (await hasAccounts(progress)) throw new DeployError(LOST(missing))
      return 'no data yet'
    },
  }
}

function hide(progress: Progress, values: Record<string, string>): void {
  for (const value of Object.values(values)) {
    progress.hidden.add(value)
    // as it stands inside JSON
    progress.hidden.add(JSON.stringify(value).slice(1, -1))
    for (const [inner = ''] of value.matchAll(/[A-Za-z0-9+/]{40,}={0,2}/g)) progress.hidden.add(inner)
  }
}

/** Puts the secrets that are missing. */
export function ensureSecrets(plan: Plan, progress: Progress): Step {
  const { required } = plan.base.secrets
  const { env } = plan.outside
  const given = GIVEN.filter((name) => env[name])
  return {
    title: 'Secrets',
    plan: [
      `GET …/workers/scripts/${plan.names.worker}/secrets`,
      `Those that are missing of ${[...required, ...given].join(', ')}: take them from the environment, else make them ` +
        `at random, and put them by ` +
        `\`${commandLine(plan, BULK)}\`, as JSON on standard input.`,
      `A new OPERATOR_TOKEN is kept in ${operatorTokenFile(plan.options.environment)}, which git ignores.`,
    ],
    async run() {
      const there = new Set(await listSecrets(plan, progress))
      const missing = required.filter((name) => !there.has(name))
      const fromOutside = given.filter((name) => !there.has(name)).map((name) => [name, env[name] ?? ''])
      const values: Record<string, string> = { ...makeMissing(plan, missing), ...Object.fromEntries(fromOutside) }
      if (Object.keys(values).length === 0) return `all ${required.length} are there`
      hide(progress, values)
      await runWrangler(plan, progress, BULK, { input: JSON.stringify(values) })
      const isKept = missing.includes('OPERATOR_TOKEN') && !env['OPERATOR_TOKEN']
      const where = isKept ? `; the operator's is in ${operatorTokenFile(plan.options.environment)}` : ''
      return `put ${Object.keys(values).join(', ')}${where}`
    },
  }
}

/** An HTTP provider for mail without its key makes the Worker refuse its configuration. */
export function checkMailKey(plan: Plan, progress: Progress): Step {
  return {
    title: 'Key of the mail provider',
    plan: ['Stop if EMAIL_API_URL is set, and neither the Worker nor the environment has EMAIL_API_KEY.'],
    async run() {
      const url = plan.settings.vars['EMAIL_API_URL'] ?? plan.base.vars['EMAIL_API_URL']
      if (!url) return 'not needed'
      if (plan.outside.env['EMAIL_API_KEY']) return 'in the environment'
      if ((await listSecrets(plan, progress)).includes('EMAIL_API_KEY')) return 'is there'
      throw new DeployError('EMAIL_API_URL needs the secret EMAIL_API_KEY: set it in the environment of this command.')
    },
  }
}
