import * as z from 'zod'
import { addressOf } from './address.ts'
import { DeployError } from './errors.ts'
import { parseJson } from './json.ts'
import { known, type Plan, type Progress, type Step } from './state.ts'

/** A new domain's certificate takes minutes, and so do objects that get new code. */
const TRIES = 100
const PAUSE_MS = 3_000
const TIMEOUT_MS = 10_000

const Health = z.looseObject({ status: z.string(), version: z.string().nullish() })

type Seen = { isWell: boolean; text: string }

async function ask(plan: Plan, url: string, version: string): Promise<Seen> {
  // reaches the new version even if it has one percent of the traffic
  const headers = { 'cloudflare-workers-version-overrides': `${plan.names.worker}="${version}"` }
  try {
    const answer = await plan.outside.fetch(`${url}/healthz`, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) })
    const text = await answer.text()
    const health = Health.safeParse(parseJson(text)).data
    const isWell = answer.status === 200 && health?.version === version
    return { isWell, text: isWell ? (health?.status ?? '') : `status ${answer.status}: ${text.slice(0, 300)}` }
  } catch (error) {
    return { isWell: false, text: error instanceof Error ? error.message : String(error) }
  }
}

function unwell(plan: Plan, url: string, version: string, last: string): DeployError {
  const { environment, command } = plan.options
  const flag = environment === 'production' ? '' : ` --env ${environment}`
  const back = `npm run deploy -- rollback${flag}`
  const isRollback = command === 'rollback'
  return new DeployError(`Version ${version} is deployed, but ${url}/healthz doesn't answer as it should.
Last answer: ${last}
${isRollback ? `Go back further: ${back} <version-id>` : `Roll back: ${back}`}
Migrations stay; the version before works with them.`)
}

/** Waits until the new version itself says that it is well. */
export function checkHealth(plan: Plan, progress: Progress): Step {
  return {
    title: 'Health',
    plan: [
      `GET <address>/healthz until the new version answers 200, for ${(TRIES * PAUSE_MS) / 60_000} minutes at most.`,
    ],
    async run() {
      const [url, version] = [addressOf(progress), known(progress.version, 'The version')]
      for (let left = TRIES; ; left--) {
        const { isWell, text } = await ask(plan, url, version)
        if (isWell) return `${url} is ${text}`
        if (left <= 1) throw unwell(plan, url, version, text)
        await plan.outside.sleep(PAUSE_MS)
      }
    },
  }
}
