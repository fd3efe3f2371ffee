/** Large sites that come, are imported, counted and go again: what an import needs of memory must not grow while it lasts. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Run } from '../../src/contract/sync.ts'
import { createSigningSecret } from '../../src/lib/signature.ts'
import { startModel } from '../lib/model.ts'
import { watchMemory } from '../lib/process-usage.ts'
import type { Chance } from './chance.ts'
import { type Load, minutesOf } from './load.ts'
import { INTEGRATIONS } from './people.ts'

const LOOK_EVERY_MS = 250
const LIMIT_MS = 300_000
const kind = 'import'

export interface Imported {
  at: number
  items: number
  seconds: number
  /** Peaks of workerd's resident memory in the halves of the import. */
  firstHalfMb: number
  secondHalfMb: number
  /** The process that did it was not killed meanwhile. */
  isWhole: boolean
}

let number = 0

async function connect({ client, people }: Load, url: string, signingSecret: string) {
  const token = people[0]?.token ?? ''
  const name = `Large ${++number}`
  const site = await client.must('POST /api/v1/sites', { kind, token, body: { name, url } })
  const siteId = String(site['id'])
  const { key } = await client.must(`POST /api/v1/sites/${siteId}/api-keys`, { kind, token, body: {} })
  const body = { site_id: siteId, api_key: key, site_url: url, signing_secret: signingSecret }
  const connected = await client.must(`POST ${INTEGRATIONS}/test-connection`, { kind, body })
  const integrationId = String(connected['integration_id'])
  const path = `${INTEGRATIONS}/${integrationId}`
  return { token, siteId, integrationId, path }
}

/** Follows the run to its end, with the memory of workerd in each half. */
async function follow(load: Load, path: string, token: string, items: number) {
  const { client, worker } = load
  const memory = watchMemory(worker.pid)
  let firstHalfMb = 0
  try {
    for (const end = Date.now() + LIMIT_MS; Date.now() < end; await pause(LOOK_EVERY_MS)) {
      const { status, body } = await client.send(`GET ${path}/runs?limit=1`, { kind, token })
      const [run] = (body['results'] ?? []) as Run[]
      if (status !== 200 || !run) continue
      if (firstHalfMb === 0 && run.progress.done >= items / 2) {
        firstHalfMb = memory.peak()
        memory.begin()
      }
      if (run.finished_at === null) continue
      if (run.status !== 'succeeded') throw new Error(`the import ended as ${JSON.stringify(run)}`)
      return { firstHalfMb, secondHalfMb: memory.peak() }
    }
    throw new Error('the import does not end')
  } finally {
    memory.stop()
  }
}

/** Imports a large site, compares the count, and deletes the site. */
export async function importLarge(load: Load, _chance: Chance, items: number): Promise<Imported> {
  const { client, worker } = load
  const before = worker.restarts
  const signingSecret = createSigningSecret()
  const model = await startModel({ items, signingSecret, integrationId: null })
  try {
    const { token, siteId, integrationId, path } = await connect(load, model.url, signingSecret)
    await client.must(`POST ${path}/update-structure`, { kind, token, body: structureOf(items) })
    const types = { post_types: { post: { fetch_limit: 1_000_000 } } }
    await client.must(`PATCH ${path}/content-types`, { kind, token, body: types })
    const at = minutesOf(load)
    const startedAt = performance.now()
    await client.must(`POST ${path}/sync`, { kind, token, body: { direction: 'from_external' } })
    const halves = await follow(load, path, token, items)
    const seconds = (performance.now() - startedAt) / 1000
    const shown = await client.must(`GET ${path}/content-types`, { kind, token })
    const { post } = shown['post_types'] as Record<string, { count: number; synced_count: number }>
    await client.must(`DELETE /api/v1/sites/${siteId}`, { kind, token })
    load.deleted.push({ siteId, integrationId })
    if (post?.count !== items || post.synced_count !== items)
      throw new Error(`${items} posts were imported, and content-types shows ${JSON.stringify(post)}`)
    return { at, items, seconds, ...halves, isWhole: worker.restarts === before }
  } finally {
    await model.stop()
  }
}

const structureOf = (count: number) => ({
  post_types: { post: { label: 'Posts', count, enabled: true } },
  taxonomies: {},
  plugin_connection_enabled: true,
  two_way_sync_enabled: true,
})
