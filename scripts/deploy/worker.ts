/** What the account knows of the Worker: its settings, secrets, versions and deployments. */
import * as z from 'zod'
import type { Plan, Progress } from './state.ts'
import { accessOf } from './wrangler.ts'

const RIGHT = 'Account · Workers Scripts · Edit'
const Binding = z.looseObject({ name: z.string(), type: z.string(), text: z.string().optional() })
const WorkerSettings = z.looseObject({ bindings: z.array(Binding).default([]) })
const SecretName = z.looseObject({ name: z.string() })
const Traffic = z.looseObject({ version_id: z.string(), percentage: z.number() })
const Deployment = z.looseObject({ id: z.string(), versions: z.array(Traffic).min(1) })
const Deployments = z.looseObject({ deployments: z.array(Deployment) })
const Version = z.looseObject({
  id: z.string(),
  number: z.number(),
  annotations: z.record(z.string(), z.unknown()).nullish(),
})
const Versions = z.looseObject({ items: z.array(Version) })

export type Deployment = z.infer<typeof Deployment>
export type Version = z.infer<typeof Version>

const pathOf = (plan: Plan, progress: Progress, rest: string) =>
  `/accounts/${accessOf(progress).account}/workers/scripts/${plan.names.worker}/${rest}`

/** Bindings of the deployed Worker; null if there is no Worker. */
export async function findBindings(plan: Plan, progress: Progress) {
  const path = pathOf(plan, progress, 'settings')
  return (await accessOf(progress).api.find({ schema: WorkerSettings, path, right: RIGHT }))?.bindings ?? null
}

/** Names of the secrets that the Worker has. */
export async function listSecrets(plan: Plan, progress: Progress): Promise<string[]> {
  const path = pathOf(plan, progress, 'secrets')
  const found = await accessOf(progress).api.find({ schema: z.array(SecretName), path, right: RIGHT })
  return (found ?? []).map(({ name }) => name)
}

/** Deployments, the newest first. */
export async function listDeployments(plan: Plan, progress: Progress): Promise<Deployment[]> {
  const path = pathOf(plan, progress, 'deployments')
  return (await accessOf(progress).api.find({ schema: Deployments, path, right: RIGHT }))?.deployments ?? []
}

/** The versions that can be deployed. */
export async function listVersions(plan: Plan, progress: Progress): Promise<Version[]> {
  const path = pathOf(plan, progress, 'versions?deployable=true')
  return (await accessOf(progress).api.find({ schema: Versions, path, right: RIGHT }))?.items ?? []
}

/** What {@link import('./bundle.ts')} called the code and configuration of a version. */
export const tagOf = (version: Version | undefined): string | null => {
  const tag = version?.annotations?.['workers/tag']
  return typeof tag === 'string' ? tag : null
}
