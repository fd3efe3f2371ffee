/** KV namespaces, buckets and queues: found by name, made where they are missing. */
import * as z from 'zod'
import { DeployError } from './errors.ts'
import type { Plan, Progress, Step } from './state.ts'
import { accessOf } from './wrangler.ts'

interface Store {
  binding: string
  name: string
  id: string | undefined
}

interface Kind {
  what: string
  right: string
  path: string
  /** Entries of a page of the list. */
  perPage: number
  headers?: Record<string, string>
  body: Record<string, string>
  schema: z.ZodType<{ id: string; name: string }>
}

const Namespace = z
  .looseObject({ id: z.string(), title: z.string() })
  .transform(({ id, title }) => ({ id, name: title }))
const Queue = z.looseObject({ queue_name: z.string() }).transform(({ queue_name: name }) => ({ id: name, name }))
const Bucket = z.looseObject({ name: z.string() }).transform(({ name }) => ({ id: name, name }))

const kebab = (binding: string) => binding.toLowerCase().replaceAll('_', '-')

function ensureStore(progress: Progress, kind: Kind, { binding, name, id }: Store): Step {
  const { what, right, headers, body, schema, perPage } = kind
  const shared = { right, ...(headers && { headers }) }
  return {
    title: `${what} ${name}`,
    plan: id
      ? [`Use ${id}, which the settings or wrangler.toml name; stop if there is none.`]
      : [`GET …${kind.path}`, `If none is named ${name}: POST …${kind.path} ${JSON.stringify(body)}`],
    async run() {
      const { api, account } = accessOf(progress)
      const path = `/accounts/${account}${kind.path}`
      const all = await api.list({ ...shared, schema, path }, perPage)
      const there = all.find((one) => (id ? one.id === id : one.name === name))
      if (!there && id) throw new DeployError(`There is no ${what} ${id}, which the settings or wrangler.toml name.`)
      const found = there ?? (await api.call({ ...shared, schema, path, method: 'POST', body }))
      progress.ids.set(binding, found.id)
      return `${there ? 'is there' : 'made'}: ${found.id}`
    },
  }
}

/** R2 answers with `{ buckets: […] }`, and without pages to count. */
function ensureBucket(plan: Plan, progress: Progress, { binding, name, id }: Store): Step {
  const { jurisdiction } = plan.settings
  const headers = { ...(jurisdiction && { 'cf-r2-jurisdiction': jurisdiction }) }
  const bucket = id ?? name
  const shared = { right: 'Account · Workers R2 Storage · Edit', headers }
  return {
    title: `R2 bucket ${bucket}`,
    plan: [`GET …/r2/buckets/${bucket}`, `If there is none: POST …/r2/buckets {"name":"${bucket}"}`],
    async run() {
      const { api, account } = accessOf(progress)
      const path = `/accounts/${account}/r2/buckets`
      const there = await api.find({ ...shared, schema: Bucket, path: `${path}/${bucket}` })
      if (!there) await api.call({ ...shared, schema: Bucket, path, method: 'POST', body: { name: bucket } })
      progress.ids.set(binding, bucket)
      return there ? 'is there' : 'made'
    },
  }
}

/** A step for each namespace, bucket and queue that wrangler.toml binds. */
export function ensureStores(plan: Plan, progress: Progress): Step[] {
  const { base, names, settings } = plan
  const place = settings.jurisdiction ? { jurisdiction: settings.jurisdiction } : {}
  const ownId = (id: string | undefined) => (plan.options.environment === 'production' ? id : undefined)
  const namespaces = base.kv_namespaces.map(({ binding, id }) => {
    const name = `${names.worker}-${kebab(binding)}`
    const kind = { what: 'KV namespace', right: 'Account · Workers KV Storage · Edit', schema: Namespace, perPage: 100 }
    const store = { binding, name, id: settings.ids[binding] ?? ownId(id) }
    return ensureStore(progress, { ...kind, path: '/storage/kv/namespaces', body: { title: name, ...place } }, store)
  })
  const buckets = base.r2_buckets.map(({ binding, bucket_name: name }) =>
    ensureBucket(plan, progress, { binding, name: names.of(name), id: settings.ids[binding] }),
  )
  return [...namespaces, ...buckets, ...ensureQueues(plan, progress)]
}

/** Queues that are written to or read from, dead letters included, each once. */
function ensureQueues({ base, names, settings }: Plan, progress: Progress): Step[] {
  const { producers = [], consumers = [] } = base.queues ?? {}
  const bound = new Map(producers.map(({ binding, queue }) => [queue, binding]))
  const all = [
    ...producers.map(({ queue }) => queue),
    ...consumers.flatMap(({ queue, dead_letter_queue: dead }) => (dead === undefined ? [queue] : [queue, dead])),
  ]
  return [...new Set(all)].map((queue) => {
    const binding = bound.get(queue) ?? queue
    const name = names.of(queue)
    const kind = { what: 'Queue', right: 'Account · Queues · Edit', schema: Queue, perPage: 100 }
    const store = { binding, name, id: settings.ids[binding] }
    return ensureStore(progress, { ...kind, path: '/queues', body: { queue_name: name } }, store)
  })
}
