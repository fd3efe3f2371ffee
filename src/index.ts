import { createApp } from './app.ts'
import { runScheduled } from './cron/index.ts'
import { SiteSync } from './site/index.ts'

const app = createApp()

export { SiteSync }
export default { fetch: app.fetch, scheduled: runScheduled } satisfies ExportedHandler<Env>
