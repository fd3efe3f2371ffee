import { createHmac } from 'node:crypto'
import { compare } from './compare.ts'
import { connectSite, type ConnectedSite } from './connect.ts'
import { measureThroughput, type Target } from './load.ts'
import type { Row } from './report.ts'
import type { Runtime } from './runtime.ts'

const REQUESTS = 200
const ITEMS = 1000
/** Posts that the events name in turn. */
const NAMED_POSTS = 50
const STATUS = '/api/v1/integration/webhooks/wordpress/status'

/** Events as a plugin sends them: each with an id of its own, signed as Standard Webhooks says. */
function createEvents(signingSecret: string): () => Pick<Target, 'headers' | 'body'> {
  const secret = Buffer.from(signingSecret.slice('whsec_'.length), 'base64')
  let number = 0
  return () => {
    const id = `msg_${process.pid}_${++number}`
    const timestamp = String(Math.floor(Date.now() / 1000))
    const event = { event: 'post.status', post_id: 1 + (number % NAMED_POSTS), post_type: 'post', status: 'publish' }
    const body = JSON.stringify(event)
    const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')
    const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
    return { headers: { 'content-type': 'application/json', ...headers }, body }
  }
}

function targetOf(url: URL, { key, signingSecret }: ConnectedSite): Target {
  const events = createEvents(signingSecret)
  const vary = () => {
    const event = events()
    return { ...event, headers: { ...event.headers, authorization: `Bearer ${key}` } }
  }
  return { url: new URL(STATUS, url), method: 'POST', vary, status: 202 }
}

async function measureSite(
  runtime: Runtime,
  token: string,
  rounds: number,
  row: Pick<Row, 'name' | 'against' | 'target'> & { syncs: boolean },
): Promise<Row> {
  const { syncs, ...told } = row
  const site = await connectSite(runtime, token, { name: `webhooks-${syncs}`, items: ITEMS, syncs })
  const ours = targetOf(await runtime.url('syncing'), site)
  const bare = { ...ours, url: await runtime.url('inbox') }
  try {
    const result = await compare(
      rounds,
      () => measureThroughput(ours, REQUESTS),
      () => measureThroughput(bare, REQUESTS),
    )
    const details = { 'ours req/s': Math.round(result.ours), 'other req/s': Math.round(result.bare) }
    return { ...told, ...result, value: result.ratio, unit: 'of the throughput', details }
  } finally {
    await site.model.stop()
  }
}

/** Signed webhooks against a bare Worker that reads a key and has an object insert a row. */
export async function measureWebhooks(runtime: Runtime, token: string, rounds: number): Promise<Row[]> {
  return [
    await measureSite(runtime, token, rounds, {
      name: 'webhook receipt',
      against: 'against a bare Worker with one KV read and one insert by an object; nothing is done with the events.',
      target: { atLeast: 0.6 },
      syncs: false,
    }),
    await measureSite(runtime, token, rounds, {
      name: 'webhook receipt, posts looked at meanwhile',
      against: 'as above, while the object looks at the posts that the events name.',
      syncs: true,
    }),
  ]
}
