import * as z from 'zod'
import type { Plan, Progress, Step } from './state.ts'
import { accessOf, commandLine, runWrangler } from './wrangler.ts'

const RIGHT = 'Account · Workers Scripts · Edit'
const Schedules = z.looseObject({ schedules: z.array(z.looseObject({ cron: z.string() })) })
const Subdomain = z.looseObject({ enabled: z.boolean() })
const Domain = z.looseObject({ hostname: z.string(), service: z.string() })
const ARGS = ['triggers', 'deploy']

async function differ(plan: Plan, progress: Progress): Promise<string[]> {
  const { api, account } = accessOf(progress)
  const { worker } = plan.names
  const { domain } = plan.settings
  const path = `/accounts/${account}/workers/scripts/${worker}`
  const schedules = await api.find({ schema: Schedules, path: `${path}/schedules`, right: RIGHT })
  const subdomain = await api.find({ schema: Subdomain, path: `${path}/subdomain`, right: RIGHT })
  const domains = domain
    ? await api.find({
        schema: z.array(Domain),
        path: `/accounts/${account}/workers/domains?hostname=${domain}`,
        right: RIGHT,
      })
    : null
  const crons = (schedules?.schedules ?? []).map(({ cron }) => cron).toSorted()
  return [
    ...(crons.join() === plan.base.triggers.crons.toSorted().join() ? [] : ['crons']),
    ...((subdomain?.enabled ?? false) === (domain === undefined) ? [] : ['workers.dev']),
    ...(!domain || domains?.some((one) => one.hostname === domain && one.service === worker) ? [] : ['domain']),
  ]
}

/**
 * Crons, domain and workers.dev belong to no version: wrangler sets them after the upload. So a run that broke off between the
 * two is continued here.
 */
export function ensureTriggers(plan: Plan, progress: Progress): Step {
  return {
    title: 'Crons and address',
    plan: [
      `GET …/workers/scripts/${plan.names.worker}/schedules and its domains`,
      `If they are not those of the configuration: \`${commandLine(plan, ARGS)}\``,
    ],
    async run() {
      const wrong = await differ(plan, progress)
      if (wrong.length === 0) return 'as they should be'
      await runWrangler(plan, progress, ARGS)
      return `set: ${wrong.join(', ')}`
    },
  }
}
