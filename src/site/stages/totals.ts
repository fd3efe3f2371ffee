import { CountsData, MAX_COUNTED_TYPES } from '../../contract/content-link.ts'
import type { CommandResult } from '../../contract/link.ts'
import type { CommandRequest } from '../transport/sender.ts'
import type { EngineContext } from './context.ts'

/** A command that counts the posts of these types. It rides along in a request that is sent anyway. */
export function countRequests(types: Iterable<string>): CommandRequest[] {
  const named = [...new Set(types)].slice(0, MAX_COUNTED_TYPES)
  return named.length === 0 ? [] : [{ name: 'counts', args: { post_types: named } }]
}

/** Stores the counts. Does nothing if the plugin is too old to count, or had no time for it. */
export function importTotals(ctx: Pick<EngineContext, 'replica' | 'now'>, result: CommandResult | undefined): void {
  const parsed = result?.ok ? CountsData.safeParse(result.data) : null
  if (parsed?.success) ctx.replica.totals.save(parsed.data, ctx.now())
}
