import { readConfig } from '../config.ts'
import { db } from '../db/client.ts'
import { log } from '../lib/log.ts'
import { createApiKeyStore } from '../services/api-keys/store.ts'
import { createSystemContext } from '../services/system-context.ts'
import { checkHealth } from './health-checks.ts'

/** One job per cron expression of wrangler.toml. */
export async function runScheduled(controller: ScheduledController, env: Env): Promise<void> {
  const surroundings = {
    config: readConfig(env),
    apiKeys: createApiKeyStore(env.API_KEYS),
    site: (siteId: string) => env.SITE_SYNC.getByName(siteId),
  }
  const systemContext = (accountId: string) =>
    createSystemContext({ ...surroundings, db: db(env, accountId).db }, accountId)
  const checked = await checkHealth(systemContext, controller.scheduledTime)
  log.info('scheduled', { cron: controller.cron, checked })
}
