import { randomBytes } from 'node:crypto'
import * as z from 'zod'
import { DeployError } from './errors.ts'
import { known, type Plan, type Progress, type Step } from './state.ts'
import { accessOf } from './wrangler.ts'

const RIGHT = 'Account · Workers Scripts · Edit'
const Subdomain = z.looseObject({ subdomain: z.string() })

/** The deployment's address: its domain, else that at workers.dev, for which a new account gets a subdomain. */
export function findAddress(plan: Plan, progress: Progress): Step {
  const { domain } = plan.settings
  const mayRegister = plan.options.command === 'deploy'
  return {
    title: 'Address',
    plan: domain
      ? [`https://${domain}; workers.dev is switched off.`]
      : [
          'GET …/workers/subdomain',
          ...(mayRegister ? ['If the account has none: PUT …/workers/subdomain {"subdomain":"igny8-<random>"}'] : []),
          `https://${plan.names.worker}.<subdomain>.workers.dev`,
        ],
    async run() {
      if (domain) return (progress.url = `https://${domain}`)
      const { api, account } = accessOf(progress)
      const call = { schema: Subdomain, path: `/accounts/${account}/workers/subdomain`, right: RIGHT }
      const there = await api.find(call)
      if (!there && !mayRegister)
        throw new DeployError('The account has no workers.dev subdomain, so nothing is deployed.')
      const body = { subdomain: `igny8-${randomBytes(4).toString('hex')}` }
      const { subdomain } = there ?? (await api.call({ ...call, method: 'PUT', body }))
      return (progress.url = `https://${plan.names.worker}.${subdomain}.workers.dev`)
    },
  }
}

export const addressOf = (progress: Progress) => known(progress.url, 'The address')
