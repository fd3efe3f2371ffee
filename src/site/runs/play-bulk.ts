/**
 * Carries out bulk jobs, in the order in which they came. At the end of each D1 hears of it in one write, with an event,
 * and what has to be sent is queued, as after an edit; only then is it done, so a crash in between repeats the last write.
 */
import { log } from '../../lib/log.ts'
import { playBulk } from '../replica/bulk.ts'
import type { BulkRow } from '../replica/tables/bulk.ts'
import { countsOfBulk } from '../replica/tables/bulk.ts'
import type { ContentContext } from '../replica/item-decisions.ts'
import type { ObjectContext } from './context.ts'
import { conclude } from './play-changes.ts'

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((total, n) => total + n, 0)

async function endJob(ctx: ObjectContext, id: string): Promise<void> {
  const { bulk } = ctx.store.replica
  const row = bulk.find(id)
  if (!row || row.finished_at !== null) return
  const { changed, unchanged, refused } = countsOfBulk(row)
  const counts = { updated: changed, unchanged, failed: sum(refused) }
  await conclude(
    ctx,
    { action: row.kind === 'undo' ? 'bulk_undo' : 'bulk', startedAt: row.at, counts },
    row.actor ?? 'system',
  )
  bulk.finish(row, ctx.now())
  log.info('bulk job done', { bulk_id: id, kind: row.kind, ...counts })
}

async function playJob(ctx: ObjectContext, { id }: BulkRow): Promise<void> {
  const siteId = ctx.store.access.integration()?.siteId ?? ''
  const content: ContentContext = { replica: ctx.store.replica, siteId, now: ctx.now, newId: ctx.newId, by: null }
  // others get their turn between two steps
  while (!playBulk(content, id)) await ctx.sleep(0)
  await endJob(ctx, id)
}

/** Carries out the jobs that wait. A restore or an import of the site comes first: it changes the same items. */
export async function playBulkJobs(ctx: ObjectContext): Promise<void> {
  const { bulk, restores } = ctx.store.replica
  for (;;) {
    if (restores.running() || ctx.store.imports.dueAt() === 0) return
    const [next] = bulk.unfinished()
    if (!next) return
    await playJob(ctx, next)
  }
}
