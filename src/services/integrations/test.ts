import type { TestResult } from '../../contract/integrations.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { loadIntegration } from './internal.ts'
import { toRpcCall } from './probe.ts'
import { unwrap } from './unwrap.ts'

/**
 * The detail-level test: has the site's object really call the site, which moves the connection's state by what it
 * finds.
 * @throws ServiceError `integration_not_found`; what is wrong with the site is the result
 */
export async function testIntegration({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<TestResult> {
  const row = await loadIntegration({ ctx, id: input.id })
  const outcome = unwrap(await ctx.site(row.siteId).check(toRpcCall(ctx, row)))
  if (!outcome) throw new ServiceError('integration_not_found')
  const shown = outcome.ok
    ? { success: true, transport: outcome.transport, code: 'connected', detail: outcome.detail, fix: null }
    : { success: false, transport: row.transport, code: outcome.code, detail: outcome.detail, fix: outcome.fix }
  return { ...shown, integration_id: row.id, evidence: outcome.evidence }
}
