import { log } from '../../lib/log.ts'
import type { Context } from '../context.ts'
import type { IntegrationRow } from './internal.ts'

type Watched = Pick<IntegrationRow, 'id' | 'accountId' | 'siteId'>

/**
 * Tells the site's object when to look at the site next. Where it can't be told the reconciling cron makes up for it:
 * D1 says when the check is due.
 * @param dueAt milliseconds since 1970
 */
export async function scheduleCheck(ctx: Pick<Context, 'site'>, row: Watched, dueAt: number): Promise<boolean> {
  try {
    const subject = { accountId: row.accountId, siteId: row.siteId, integrationId: row.id }
    await ctx.site(row.siteId).scheduleCheck(subject, dueAt)
    return true
  } catch (cause) {
    log.warn('health check not scheduled', { integration_id: row.id, cause })
    return false
  }
}
