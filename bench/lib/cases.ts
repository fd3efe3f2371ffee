import { compare } from './compare.ts'
import { measureThroughput, type Target } from './load.ts'
import type { Row } from './report.ts'
import type { Runtime } from './runtime.ts'
import type { Site } from './seed.ts'
import { createStructure } from './structure.ts'

const INTEGRATIONS = '/api/v1/integration/integrations'
const JSON_TYPE = { 'content-type': 'application/json' }

const keyedTarget = ({ integrationId, key }: Site, action: string, base: URL): Target => ({
  url: new URL(`${INTEGRATIONS}/${integrationId}${action}`, base),
  headers: { authorization: `Bearer ${key}` },
  status: 200,
})

/** `GET content-types` of a site, by its API key. */
export const contentTypesOf = (site: Site, base: URL): Target => keyedTarget(site, '/content-types', base)

/** Two targets, and how many requests each gets per round: about a fifth of a second's worth. */
interface Case extends Pick<Row, 'name' | 'against' | 'target' | 'note'> {
  ours: Target
  bare: Target
  requests: number
}

export interface Sites {
  small: Site
  large: Site
}

/** The requests that are compared. */
async function targetsOf(runtime: Runtime, { small, large }: Sites) {
  const app = await runtime.url('app')
  const simulated = await runtime.url('app-simulated-limits')
  const [reads, writes, hono] = [await runtime.url('reads'), await runtime.url('writes'), await runtime.url('hono')]
  const keyed = (site: Site, action: string, base = app) => keyedTarget(site, action, base)
  const read = (path: string): Target => ({ url: new URL(`${path}id=${small.integrationId}`, reads), status: 200 })
  // another one than before each time: a structure that is as it was leaves no event
  const bodies = [createStructure(1000), createStructure(2000)].map((structure) => JSON.stringify(structure))
  const push = (target: Target): Target => {
    let sent = 0
    const headers = { ...target.headers, ...JSON_TYPE }
    return { ...target, method: 'POST', headers, vary: () => ({ body: bodies[sent++ % 2] ?? '' }) }
  }
  return {
    contentTypes: keyed(small, '/content-types'),
    contentTypesOfMillion: keyed(large, '/content-types'),
    contentTypesSimulated: keyed(small, '/content-types', simulated),
    integration: keyed(small, ''),
    updateStructure: push(keyed(small, '/update-structure')),
    malformedKey: { ...keyed({ ...small, key: `${small.key.slice(0, -1)}!` }, ''), status: 401 },
    bareContentTypes: read('/content-types?'),
    bareContentTypesLimited: read('/content-types?limit&'),
    bareIntegration: read('/integration?'),
    bareWrite: push({ url: new URL(`/?id=${small.integrationId}`, writes), status: 200 }),
    bareHono: { url: hono, status: 200 },
  } satisfies Record<string, Target>
}

/** What is compared with what; product.md names the targets. */
export async function createCases(runtime: Runtime, sites: Sites): Promise<Case[]> {
  const targets = await targetsOf(runtime, sites)
  return [
    {
      name: 'GET content-types',
      against: 'signed in by API key, against a bare Worker with one KV and one D1 read.',
      note: 'Rate limits are counters in memory, as on the platform.',
      target: { atLeast: 1.1 },
      ours: targets.contentTypes,
      bare: targets.bareContentTypes,
      requests: 100,
    },
    {
      name: 'GET content-types, simulated rate limit',
      against: 'as above, both with the local runtime’s rate limit, which is a request to an object that writes a row.',
      ours: targets.contentTypesSimulated,
      bare: targets.bareContentTypesLimited,
      requests: 50,
    },
    {
      name: 'GET integrations/{id}',
      against: 'the API-key path, against a bare Worker with one KV and one D1 read.',
      target: { atLeast: 0.7 },
      ours: targets.integration,
      bare: targets.bareIntegration,
      requests: 100,
    },
    {
      name: 'malformed API key',
      against: 'refused without I/O, against a bare Hono app that answers 200.',
      ours: targets.malformedKey,
      bare: targets.bareHono,
      requests: 2000,
    },
    {
      name: 'POST update-structure',
      against: 'against a bare Worker with one KV read, one call of an object and one D1 batch of the same two rows.',
      target: { atLeast: 0.6 },
      ours: targets.updateStructure,
      bare: targets.bareWrite,
      requests: 50,
    },
    {
      name: 'GET content-types, 1,000 items to 1,000,000',
      against: 'throughput with 1,000 items on the site over that with 1,000,000.',
      note: 'The structure is pushed through update-structure; counts_json is written into D1 by the bench, since what projects it comes with the sync engine.',
      target: { atMost: 1.1 },
      ours: targets.contentTypes,
      bare: targets.contentTypesOfMillion,
      requests: 100,
    },
  ]
}

/** Runs one comparison in interleaved rounds. */
export async function runCase({ ours, bare, requests, ...row }: Case, rounds: number): Promise<Row> {
  const result = await compare(
    rounds,
    () => measureThroughput(ours, requests),
    () => measureThroughput(bare, requests),
  )
  const details = { 'ours req/s': Math.round(result.ours), 'other req/s': Math.round(result.bare) }
  const unit = row.target && 'atMost' in row.target ? 'times' : 'of the throughput'
  return { ...row, ...result, value: result.ratio, unit, details }
}
