/**
 * The jurisdiction is chosen once. D1 keeps that of its creation, the Worker has it as a variable, and the ids of objects
 * are made with it: with another one every site would have a new, empty object, and the old ones would be lost to it.
 */
import { DeployError } from './errors.ts'
import { settingsPath } from './settings.ts'
import type { Plan, Progress, Step } from './state.ts'
import { findBindings } from './worker.ts'

/** @throws DeployError if what there is was made in another jurisdiction than the settings say */
export function refuseMove(plan: Plan, what: string, there: string | null): void {
  const wanted = plan.settings.jurisdiction
  if ((there || null) === wanted) return
  const name = (jurisdiction: string | null) => (jurisdiction ? `"${jurisdiction}"` : 'null')
  throw new DeployError(
    `${what} is in jurisdiction ${name(there)}, and ${settingsPath(plan.options.environment)} says ${name(wanted)}.
Neither databases nor objects can move. Set "jurisdiction" back to ${name(there)}, or begin another deployment: with
another "name" in the settings, and without "ids". Nothing was changed.`,
  )
}

export function checkJurisdiction(plan: Plan, progress: Progress): Step {
  return {
    title: 'Jurisdiction',
    plan: [
      `GET …/workers/scripts/${plan.names.worker}/settings: stop if the Worker has another jurisdiction than ` +
        `${plan.settings.jurisdiction ?? 'none'}.`,
    ],
    async run() {
      const bindings = await findBindings(plan, progress)
      const hasObjects = bindings?.some(({ type }) => type === 'durable_object_namespace') ?? false
      const variable = bindings?.find(({ name }) => name === 'JURISDICTION')?.text ?? null
      if (hasObjects) refuseMove(plan, `The Worker ${plan.names.worker}`, variable)
      return plan.settings.jurisdiction ?? 'none'
    },
  }
}
