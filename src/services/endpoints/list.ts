import { and, asc, eq, gt } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { Endpoint } from '../../contract/notifications.ts'
import { notificationEndpoints } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { readCursor, toPage } from '../cursor.ts'
import { pendingCount, presentEndpoint } from './internal.ts'

/** The account's endpoints, oldest first. @throws ServiceError `invalid_cursor` */
export async function listEndpoints({ ctx, input }: { ctx: Context; input: ListQuery }): Promise<Page<Endpoint>> {
  const last = readCursor(input.cursor)
  const rows = await ctx.db
    .select({ id: notificationEndpoints.id, row: notificationEndpoints, pending: pendingCount })
    .from(notificationEndpoints)
    .where(
      and(
        eq(notificationEndpoints.accountId, ctx.actor.accountId),
        last === null ? undefined : gt(notificationEndpoints.id, last),
      ),
    )
    .orderBy(asc(notificationEndpoints.id))
    .limit(input.limit + 1)
  return toPage(rows, input.limit, ({ row, pending }) => presentEndpoint(row, pending, ctx.now()))
}
