/** Which version gets how much of the traffic: at once, gradually, and back. */
import { isOwnTag } from './bundle.ts'
import { DeployError } from './errors.ts'
import { known, type Plan, type Progress, type Step } from './state.ts'
import { type Deployment, listDeployments, listVersions, tagOf, type Version } from './worker.ts'
import { commandLine, runWrangler } from './wrangler.ts'

interface Running {
  deployments: Deployment[]
  versions: Version[]
  /** The versions that get traffic now, the newest first. */
  now: Version[]
}

async function readRunning(plan: Plan, progress: Progress): Promise<Running> {
  const [deployments, versions] = [await listDeployments(plan, progress), await listVersions(plan, progress)]
  const ids = deployments[0]?.versions.map(({ version_id: id }) => id) ?? []
  const now = ids.map((id) => versions.find((one) => one.id === id) ?? { id, number: 0 })
  return { deployments, versions, now: now.toSorted((one, other) => other.number - one.number) }
}

/** Stops a gradual deployment early where there is nothing to replace. */
export function checkReplaced(plan: Plan, progress: Progress): Step {
  return {
    title: 'What runs now',
    plan: [`GET …/workers/scripts/${plan.names.worker}/deployments: stop if there is none.`],
    async run() {
      const [latest] = await listDeployments(plan, progress)
      if (!latest)
        throw new DeployError('Nothing is deployed yet, so nothing can be replaced gradually: npm run deploy')
      return latest.versions.map(({ version_id: id, percentage }) => `${id} (${percentage} %)`).join(', ')
    },
  }
}

const uploadArgs = (tag: string) => ['versions', 'upload', '--tag', tag]
const trafficArgs = (specs: string[], message: string) => [
  'versions',
  'deploy',
  ...specs,
  '--yes',
  '--message',
  message,
]

/** Uploads a version and gives it all traffic, unless it has it already. */
export function deployNow(plan: Plan, progress: Progress): Step {
  return {
    title: 'Deploy',
    plan: [
      plan.options.isForced
        ? 'Whether or not the same code and configuration run already:'
        : 'Unless the same code and configuration run already, alone:',
      `\`${commandLine(plan, ['deploy', '--tag', '<hash>'])}\``,
    ],
    async run() {
      const tag = known(progress.tag, 'The tag')
      const { now } = await readRunning(plan, progress)
      const [alone] = now
      if (!plan.options.isForced && alone && now.length === 1 && tagOf(alone) === tag) {
        progress.version = alone.id
        return `version ${alone.id} runs already`
      }
      const { version } = await runWrangler(plan, progress, ['deploy', '--tag', tag])
      progress.version = known(version, 'The id of the new version')
      return `version ${version}`
    },
  }
}

/** The version to go to and the one to come from. */
function chooseGradual({ now, versions }: Running, tag: string): { next: string | null; last: Version | null } {
  const [newest, other] = now
  if (!newest) throw new DeployError('Nothing is deployed.')
  const next = now.find((one) => tagOf(one) === tag)
  if (next) return { next: next.id, last: now.find((one) => one !== next) ?? null }
  if (other)
    throw new DeployError(
      'Two other versions share the traffic. End that first: with --share 100 from their commit, or by rollback.',
    )
  return { next: versions.find((one) => tagOf(one) === tag)?.id ?? null, last: newest }
}

/** Gives a new version a share of the traffic, and the one before the rest. */
export function deployGradually(plan: Plan, progress: Progress): Step {
  const { share } = plan.options
  const specs = (next: string, last: string) =>
    share === 100 ? [`${next}@100`] : [`${next}@${share}`, `${last}@${100 - share}`]
  return {
    title: `Deploy to ${share} % of the traffic`,
    plan: [
      `Unless this code and configuration are uploaded already: \`${commandLine(plan, uploadArgs('<hash>'))}\``,
      `\`${commandLine(plan, trafficArgs(specs('<new>', '<running>'), '<message>'))}\``,
    ],
    async run() {
      const tag = known(progress.tag, 'The tag')
      const { next, last } = chooseGradual(await readRunning(plan, progress), tag)
      if (next !== null && last === null) {
        progress.version = next
        return `version ${next} has all of it already`
      }
      const upload = async () => (await runWrangler(plan, progress, uploadArgs(tag))).version
      const version = known(next ?? (await upload()), 'The id of the new version')
      await runWrangler(plan, progress, trafficArgs(specs(version, last?.id ?? ''), `${share} % of ${tag}`))
      progress.version = version
      return `version ${version}: ${share} %`
    },
  }
}

/** The last version before the newest running one that this command had given all traffic. */
function chooseRollback({ deployments, versions, now }: Running): string {
  const newest = now[0]?.number ?? 0
  const wasWhole = new Set(
    deployments.filter((one) => one.versions.length === 1).map((one) => one.versions[0]?.version_id),
  )
  const before = versions
    .filter((one) => one.number < newest && wasWhole.has(one.id) && isOwnTag(tagOf(one)))
    .toSorted((one, other) => other.number - one.number)
  const [target] = before
  if (!target) throw new DeployError('There is no version before this one to go back to.')
  return target.id
}

/** A rollback makes nothing, so it needs no ids. */
const BASE = 'wrangler.toml'

/**
 * Gives a version all traffic that had it before. Not by `wrangler rollback`: in a shell without a person it confirms by
 * itself that secrets go back to their older values, and its default may be the empty Worker that held the first secrets.
 */
export function rollBack(plan: Plan, progress: Progress): Step {
  const argsOf = (version: string) => [...trafficArgs([`${version}@100`], 'rollback'), '--name', plan.names.worker]
  return {
    title: 'Roll back',
    plan: [
      plan.options.version === null
        ? 'Choose the version before the newest that runs.'
        : `Take ${plan.options.version}.`,
      `\`${commandLine(plan, argsOf(plan.options.version ?? '<version>'), BASE)}\``,
      'D1 stays as it is. Objects follow within five minutes.',
    ],
    async run() {
      const running = await readRunning(plan, progress)
      const target = plan.options.version ?? chooseRollback(running)
      progress.version = target
      if (running.now.length === 1 && running.now[0]?.id === target) return `version ${target} runs already`
      await runWrangler(plan, progress, argsOf(target), { config: BASE })
      return `version ${target}`
    },
  }
}
