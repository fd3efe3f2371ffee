import { CountsData, MAX_COUNTED_TYPES } from '../../contract/content-link.ts'
import type { CommandResult } from '../../contract/link.ts'
import type { EngineContext, Request } from './context.ts'

/** Asks along, in a request that is made anyway, how many entries these types have now. */
export function countRequests(types: Iterable<string>): Request[] {
  const named = [...new Set(types)].slice(0, MAX_COUNTED_TYPES)
  return named.length === 0 ? [] : [{ name: 'counts', args: { post_types: named } }]
}

/** Stores the answer. A plugin that can't count yet, or had no time for it, changes nothing. */
export function importTotals(ctx: Pick<EngineContext, 'replica' | 'now'>, result: CommandResult | undefined): void {
  const parsed = result?.ok ? CountsData.safeParse(result.data) : null
  if (parsed?.success) ctx.replica.totals.save(parsed.data, ctx.now())
}
