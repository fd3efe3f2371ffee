import { and, asc, eq, gte } from 'drizzle-orm'
import type { LiveState } from '../../contract/live.ts'
import type { Db } from '../../db/client.ts'
import { integrations, syncEvents } from '../../db/schema/index.ts'
import { firstEventIdAt, presentEvent } from '../events/internal.ts'
import { describeContentTypes } from '../integrations/content-types.ts'
import { presentedColumns, presentIntegration } from '../integrations/internal.ts'

/** Most events that are told of at once; whoever missed some finds them in the list. */
const MAX_EVENTS = 50

/**
 * What watchers of an integration are shown, in one round trip.
 * @param since milliseconds since 1970 from which on events are read
 * @returns null when the integration is gone
 */
export async function readLiveState(
  db: Db,
  { accountId, integrationId }: { accountId: string; integrationId: string },
  since: number,
): Promise<LiveState | null> {
  const [[row], events] = await db.batch([
    db
      .select(presentedColumns)
      .from(integrations)
      .where(and(eq(integrations.id, integrationId), eq(integrations.accountId, accountId)))
      .limit(1),
    db
      .select()
      .from(syncEvents)
      .where(
        and(
          eq(syncEvents.integrationId, integrationId),
          eq(syncEvents.accountId, accountId),
          gte(syncEvents.id, firstEventIdAt(since)),
        ),
      )
      .orderBy(asc(syncEvents.id))
      .limit(MAX_EVENTS),
  ])
  if (!row) return null
  return {
    contentTypes: describeContentTypes(row),
    integration: presentIntegration(row),
    events: events.map(presentEvent),
  }
}
