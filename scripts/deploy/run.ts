/**
 * A deployment as a list of steps. Each looks first and changes only what is missing, so a run that broke off is continued by
 * the next, and a second run has nothing to do. The order matters: everything that can refuse comes before anything is
 * made, migrations come before code, and secrets before the code that needs them.
 */
import { openAccount } from './account.ts'
import { addressOf, findAddress } from './address.ts'
import { readBase } from './base.ts'
import { build } from './bundle.ts'
import { checkVars, configFile, nameThings, writeConfig } from './config.ts'
import { type DatabaseBinding, ensureDatabase, replicateDatabase } from './database.ts'
import { DeployError } from './errors.ts'
import { checkHealth } from './health.ts'
import { checkJurisdiction } from './jurisdiction.ts'
import { migrate } from './migrations.ts'
import type { Options } from './options.ts'
import { checkMailKey, checkOperatorToken, checkSecrets, ensureSecrets } from './secrets.ts'
import { preparePlugin } from './plugin.ts'
import { readSettings } from './settings.ts'
import { type Outside, type Plan, Progress, type Step } from './state.ts'
import { ensureStores } from './stores.ts'
import { ensureTriggers } from './triggers.ts'
import { checkReplaced, deployGradually, deployNow, rollBack } from './versions.ts'
import { blank } from './wrangler.ts'

/** The databases that wrangler.toml binds. */
export function databasesOf({ base, names, settings, options }: Plan): DatabaseBinding[] {
  return base.d1_databases.map(({ binding, database_name: name, database_id: id, migrations_dir: migrations }) => ({
    binding,
    migrations,
    name: names.of(name),
    id: settings.ids[binding] ?? (options.environment === 'production' ? id : undefined),
  }))
}

function configure(plan: Plan, progress: Progress): Step {
  const file = configFile(plan.options.environment)
  return {
    title: 'Configuration',
    plan: [`Write ${file}, which git ignores: wrangler.toml with settings, ids and address.`],
    run: () => {
      const { options, outside, ...rest } = plan
      const ids = { ids: progress.ids, url: addressOf(progress), environment: options.environment }
      writeConfig(outside.root, { ...rest, ...ids })
      return Promise.resolve(file)
    },
  }
}

/** The steps of a command, in their order. */
export function stepsOf(plan: Plan, progress: Progress): Step[] {
  const { command } = plan.options
  const account = openAccount(plan, progress)
  const address = findAddress(plan, progress)
  const health = checkHealth(plan, progress)
  if (command === 'rollback') return [account, address, rollBack(plan, progress), health]
  const databases = databasesOf(plan)
  return [
    account,
    ...(command === 'gradual' ? [checkReplaced(plan, progress)] : []),
    checkJurisdiction(plan, progress),
    checkMailKey(plan, progress),
    checkOperatorToken(plan),
    ...databases.map((database) => ensureDatabase(plan, progress, database)),
    checkSecrets(plan, progress),
    ...ensureStores(plan, progress),
    address,
    preparePlugin(plan, progress),
    configure(plan, progress),
    ...databases.map((database) => replicateDatabase(plan, progress, database)),
    build(plan, progress),
    ...databases.map((database) => migrate(plan, progress, database)),
    ensureSecrets(plan, progress),
    command === 'gradual' ? deployGradually(plan, progress) : deployNow(plan, progress),
    ...(plan.options.share === 100 ? [ensureTriggers(plan, progress)] : []),
    health,
  ]
}

function showPlan(steps: Step[], print: Outside['print']): void {
  for (const [index, { title, plan }] of steps.entries()) {
    print(`${index + 1}. ${title}`)
    for (const line of plan) print(`   ${line}`)
  }
  print('Nothing was done: this is what a run would do.')
}

async function runSteps(steps: Step[], progress: Progress, print: Outside['print']): Promise<void> {
  const clean = (text: string) => blank(text, progress.hidden)
  for (const { title, run } of steps) {
    print(`• ${title} …`)
    try {
      print(`✓ ${title}: ${clean(await run())}`)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      throw new DeployError(`${title}: ${clean(error.message)}`, { cause: error })
    }
  }
}

/**
 * Deploys, or says what it would do.
 * @throws DeployError that says what to do, and holds no secret
 */
export async function runDeploy(options: Options, outside: Outside): Promise<void> {
  const { environment } = options
  const [base, settings] = [readBase(outside.root), readSettings(outside.root, environment)]
  checkVars(base, settings, environment)
  const plan = { options, settings, base, outside, names: nameThings(base, settings, environment) }
  const progress = new Progress()
  const steps = stepsOf(plan, progress)
  if (options.isDryRun) showPlan(steps, outside.print)
  else await runSteps(steps, progress, outside.print)
}
