/** Finds the deployment that a command works on, and the secret that lets it in. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { type Api, startApi, wranglerEnvironment } from '../api.ts'
import { buildAssets } from '../build.ts'
import { configFile } from '../deploy/config.ts'
import { operatorTokenFile, readOperatorToken } from '../deploy/operator-token.ts'
import type { Environment } from '../deploy/options.ts'
import { NODE, ROOT, temporaryFolder, WRANGLER } from '../lib/paths.ts'
import { freePort } from '../lib/ports.ts'
import { tail, tryCommand } from '../lib/processes.ts'
import { step } from '../lib/progress.ts'
import { readLocalSecret } from '../lib/secrets.ts'
import { DEMO_VARS } from '../start/seed.ts'
import { closeState, findRunning, openState, type State } from '../start/state.ts'
import { BackupError } from './errors.ts'
import { Operator } from './operator.ts'
import type { Place } from './options.ts'

export interface Target {
  operator: Operator
  /** Where D1 Time Travel is, by binding; empty where that can't be told. */
  bookmarks: () => Promise<Record<string, string>>
  close: () => Promise<void>
}

const NONE = async () => ({})
const NOTHING_TO_CLOSE = async () => undefined

const NO_TOKEN = 'Set OPERATOR_TOKEN in the environment of this command: the secret of the deployment.'

function ofUrl(url: string): Target {
  const token = process.env['OPERATOR_TOKEN']
  if (!token) throw new BackupError(NO_TOKEN)
  return { operator: new Operator({ url, token }), bookmarks: NONE, close: NOTHING_TO_CLOSE }
}

const Generated = z.looseObject({
  vars: z.looseObject({ PUBLIC_URL: z.string() }),
  d1_databases: z.array(z.looseObject({ binding: z.string() })),
})

/** Asks wrangler, which has to be let in like `npm run deploy`. */
async function readBookmarks(bindings: readonly string[], config: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const binding of bindings) {
    const args = [WRANGLER, 'd1', 'time-travel', 'info', binding, '--json', '--config', config]
    const env = { ...wranglerEnvironment(temporaryFolder('wrangler')), CI: '1', NO_COLOR: '1' }
    const { code, stdout, stderr } = await tryCommand(NODE, args, { cwd: ROOT, env })
    const bookmark = /"bookmark":\s*"([^"]+)"/.exec(stdout)?.[1]
    if (code === 0 && bookmark !== undefined) found[binding] = bookmark
    else console.log(`  Time Travel of ${binding} was not noted: ${tail(stderr || stdout, 1)}`)
  }
  return found
}

function ofDeployment(environment: Environment): Target {
  const config = join(ROOT, configFile(environment))
  if (!existsSync(config))
    throw new BackupError(
      `${configFile(environment)} is missing, which npm run deploy writes. Use --url, and OPERATOR_TOKEN in the environment.`,
    )
  const { vars, d1_databases: databases } = Generated.parse(JSON.parse(readFileSync(config, 'utf8')))
  const token = process.env['OPERATOR_TOKEN'] ?? readOperatorToken(ROOT, environment)
  if (!token) throw new BackupError(`${NO_TOKEN} npm run deploy left it in ${operatorTokenFile(environment)}.`)
  return {
    operator: new Operator({ url: vars.PUBLIC_URL, token }),
    bookmarks: () =>
      readBookmarks(
        databases.map(({ binding }) => binding),
        config,
      ),
    close: NOTHING_TO_CLOSE,
  }
}

const localToken = ({ apiFolder }: Pick<State, 'apiFolder'>) => {
  const token = readLocalSecret(join(apiFolder, 'dev.vars'), 'OPERATOR_TOKEN')
  if (token === null) throw new BackupError('The API of npm start has no OPERATOR_TOKEN yet: start it once.')
  return token
}

/** @throws BackupError while `npm start` is on its way up */
function openStopped(): State {
  try {
    return openState({ fresh: false })
  } catch (error) {
    throw new BackupError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

/** The API of `npm start`: the one that runs, else one that is started for this command. */
async function ofStart(): Promise<Target> {
  const running = findRunning()
  if (running) {
    const operator = new Operator({ url: running.apiUrl, token: localToken(running) })
    return { operator, bookmarks: NONE, close: NOTHING_TO_CLOSE }
  }
  const state = openStopped()
  process.on('exit', () => closeState(state))
  await step('Static assets', () => buildAssets())
  const api: Api = await step('API of npm start', async () =>
    startApi({ port: await freePort(), folder: state.apiFolder, vars: DEMO_VARS }),
  )
  return { operator: new Operator({ url: api.url, token: localToken(state) }), bookmarks: NONE, close: api.stop }
}

/** @throws BackupError if there is no such deployment, or nothing to be let in with */
export async function openTarget(place: Place): Promise<Target> {
  if (place.kind === 'url') return ofUrl(place.url)
  return place.kind === 'deployed' ? ofDeployment(place.environment) : ofStart()
}
