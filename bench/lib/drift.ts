import { connectSite } from './connect.ts'
import type { Row } from './report.ts'
import type { Runtime } from './runtime.ts'
import { sync } from './syncs.ts'

/** Posts that were changed by SQL, and how many bytes their repair may take. */
const DRIFTS = [
  { count: 0, targetKb: null },
  { count: 1, targetKb: 100 },
  { count: 10, targetKb: 100 },
  { count: 1000, targetKb: null },
]
const REQUESTS = 10

/** A site with as many items, of which some are changed behind its plugin's back: found and repaired by the real object. */
export async function measureDrift(runtime: Runtime, token: string, items: number): Promise<Row[]> {
  const url = await runtime.url('syncing')
  const site = await connectSite(runtime, token, { name: `drift-${items}`, items })
  try {
    await sync(url, site)
    const rows: Row[] = []
    for (const { count, targetKb } of DRIFTS) {
      if (count > 0) await site.model.ask(`drift:${count}`)
      const { run, seconds, requests, bytes, cpuMs } = await sync(url, site, undefined, 'drift_check')
      if (run.counts.updated !== count) throw new Error(`${count} were to be repaired: ${JSON.stringify(run.counts)}`)
      const { bytesIn } = await site.model.ask('stats')
      const name = `drift of ${count} in ${items}`
      const details = {
        requests,
        seconds: Number(seconds.toFixed(2)),
        'CPU seconds of workerd': Number((cpuMs / 1000).toFixed(2)),
      }
      rows.push(
        {
          name: `${name}, requests`,
          against: 'found and repaired; requests to the site.',
          value: requests,
          unit: 'requests',
          target: { atMost: REQUESTS },
          details,
        },
        {
          name: `${name}, bytes`,
          against: 'found and repaired; bytes of requests and answers, documents of the posts included.',
          value: (bytes + bytesIn) / 1000,
          unit: 'kB',
          ...(targetKb !== null && { target: { atMost: targetKb } }),
        },
      )
    }
    return rows
  } finally {
    await site.model.stop()
  }
}
