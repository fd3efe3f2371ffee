import { env } from 'cloudflare:workers'
import { createApp } from './app.ts'
import { runScheduled } from './cron/index.ts'
import { setLogVersion } from './lib/log.ts'
import { setMetrics } from './lib/metrics.ts'
import { SiteSync } from './site/index.ts'

// a runtime without versions (benchmarks, older tools) has no such binding
setLogVersion((env as Partial<Env>).VERSION?.id)
setMetrics((env as Partial<Env>).METRICS)

const app = createApp()

export { SiteSync }
export default { fetch: app.fetch, scheduled: runScheduled } satisfies ExportedHandler<Env>
