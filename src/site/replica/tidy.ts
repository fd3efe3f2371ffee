import type { SiteStore } from './store.ts'
import { endDump } from './dump.ts'

/** Changes of the journal that one alarm drops. */
const PRUNED = 500

/** Drops what has been kept long enough: old changes of the journal and old bulk jobs, files of
 * imports, a backup that nobody reads on. */
export function tidy({ replica, imports, dumps }: SiteStore, now: number): void {
  replica.history.prune(PRUNED)
  replica.bulk.prune(now)
  const importDueAt = imports.dueAt()
  if (importDueAt !== null && importDueAt > 0 && importDueAt <= now) replica.database.transaction(() => imports.drop())
  if ((dumps.dueAt() ?? Infinity) <= now) endDump(replica.database, dumps)
}
