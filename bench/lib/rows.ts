import { setTimeout as pause } from 'node:timers/promises'
import { signMessage } from '../../src/lib/signature.ts'
import { idlePoll } from '../../test/model/polling.ts'
import { connectSite, type ConnectedSite } from './connect.ts'
import type { Row } from './report.ts'
import type { Runtime } from './runtime.ts'
import { call } from './seed.ts'
import type { Counted } from './counted.ts'
import { readCounts, sync } from './syncs.ts'

const SIZES = [200, 5_000, 100_000]
const MOST_ROWS_OF_A_POLL = 50
const MOST_ROWS_OF_A_SYNC = 200
const LIMIT_MS = 60_000
const INTEGRATIONS = '/api/v1/integration/integrations'

interface IntegrationRow {
  site_id: string
  account_id: string
  last_sync_at: number | null
}

async function readIntegration({ miniflare }: Runtime, { integrationId }: ConnectedSite): Promise<IntegrationRow> {
  const database = await miniflare.getD1Database('DB', 'syncing')
  const sql = 'SELECT site_id, account_id, last_sync_at FROM integrations WHERE id = ?'
  const row = await database.prepare(sql).bind(integrationId).first<IntegrationRow>()
  if (!row) throw new Error('the integration is gone')
  return row
}

/** A sync in which nothing changed. Its end is read from D1, so that nobody asks the object meanwhile. */
async function measureSync(runtime: Runtime, url: URL, site: ConnectedSite): Promise<Counted> {
  const { last_sync_at: before } = await readIntegration(runtime, site)
  await readCounts(url)
  await call(url, `${INTEGRATIONS}/${site.integrationId}/sync`, site.key, { direction: 'both' })
  const startedAt = performance.now()
  while ((await readIntegration(runtime, site)).last_sync_at === before) {
    if (performance.now() - startedAt > LIMIT_MS) throw new Error('the sync does not end')
    await pause(50)
  }
  // D1 hears of the end before the object stores it and sets its alarm
  await pause(500)
  return readCounts(url)
}

let sent = 0

/** Sends a poll that brings nothing, as the plugin does. */
async function poll(url: URL, { integrationId, key, signingSecret }: ConnectedSite): Promise<void> {
  const message = idlePoll()
  const body = JSON.stringify(message)
  const [id, timestamp] = [`msg_poll_${process.pid}_${++sent}`, message.clock]
  const signature = await signMessage({ id, timestamp, body, secrets: [signingSecret] })
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${key}`,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signature,
  }
  const answer = await fetch(new URL(`${INTEGRATIONS}/${integrationId}/poll`, url), { method: 'POST', headers, body })
  const told = (await answer.json()) as { transport?: string; commands?: unknown[] }
  if (answer.status !== 200 || told.transport !== 'polling' || told.commands?.length !== 0)
    throw new Error(`the poll was answered ${answer.status}: ${JSON.stringify(told)}`)
}

async function measurePoll(runtime: Runtime, url: URL, site: ConnectedSite): Promise<Counted> {
  const { site_id: siteId, account_id: accountId } = await readIntegration(runtime, site)
  const ref = { siteId, accountId, integrationId: site.integrationId, keyId: null, requestId: 'req_bench' }
  const enabled = await fetch(new URL('/count/polling', url), { method: 'POST', body: JSON.stringify(ref) })
  if (!enabled.ok) throw new Error(`polling was not enabled: ${await enabled.text()}`)
  // the first poll tells D1 of the new transport, the second shows how often the site polls
  for (let n = 0; n < 3; n++) await poll(url, site)
  await readCounts(url)
  await poll(url, site)
  return readCounts(url)
}

const rowOf = (name: string, against: string, counts: Counted, atMost: number): Row => ({
  name,
  against,
  value: counts.rowsRead,
  unit: 'rows',
  target: { atMost },
  details: { 'rows written': counts.rowsWritten, 'alarms set': counts.alarmsSet, 'writes to D1': counts.d1Writes },
})

/** What an object reads and writes when nothing has changed, for sites of three sizes. */
export async function measureRows(runtime: Runtime, token: string): Promise<Row[]> {
  const url = await runtime.url('syncing')
  const rows: Row[] = []
  for (const items of SIZES) {
    const site = await connectSite(runtime, token, { name: `rows-${items}`, items })
    try {
      await sync(url, site)
      const unchanged = await measureSync(runtime, url, site)
      const idle = await measurePoll(runtime, url, site)
      rows.push(
        rowOf(
          `rows of an idle poll, ${items} items`,
          'rows that a poll reads which brings nothing.',
          idle,
          MOST_ROWS_OF_A_POLL,
        ),
        rowOf(
          `rows of an unchanged sync, ${items} items`,
          'rows that a sync in both directions reads if nothing changed.',
          unchanged,
          MOST_ROWS_OF_A_SYNC,
        ),
      )
    } finally {
      await site.model.stop()
    }
  }
  return rows.toSorted((left, right) => left.against.localeCompare(right.against))
}
