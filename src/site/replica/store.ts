import type { SiteDatabase } from './database.ts'
import type { Replica } from './replica.ts'
import { migrateSiteStore } from './migrations.ts'
import type { RunsState } from '../rpc.ts'
import { RunTable } from './tables/runs.ts'
import { AccessTable } from './tables/access.ts'
import { DriftCheckTable } from './tables/drift-checks.ts'
import { InboxTable } from './tables/inbox.ts'
import { ItemTable } from './tables/items.ts'
import { CommandLogTable } from './tables/command-log.ts'
import { TransportTable } from './tables/transport.ts'
import { MediaTable } from './tables/media.ts'
import { ScheduleTable } from './tables/schedule.ts'
import { ResolutionTable } from './tables/resolutions.ts'
import { StepTable } from './tables/steps.ts'
import { TermTable } from './tables/terms.ts'
import { TotalTable } from './tables/totals.ts'
import { TypeTable } from './tables/types.ts'

/** The site object's SQLite. Every method is synchronous: what it does is one step, or one transaction. */
export class SiteStore {
  readonly access: AccessTable
  readonly steps: StepTable
  readonly replica: Replica
  readonly transport: TransportTable
  readonly commandLog: CommandLogTable
  readonly driftChecks: DriftCheckTable

  readonly runs: RunTable
  readonly schedule: ScheduleTable

  constructor(database: SiteDatabase) {
    migrateSiteStore(database)
    this.access = new AccessTable(database)
    this.driftChecks = new DriftCheckTable(database)
    this.runs = new RunTable(database)
    this.steps = new StepTable(database)
    this.transport = new TransportTable(database)
    this.commandLog = new CommandLogTable(database)
    this.schedule = new ScheduleTable(database)
    this.replica = {
      database,
      items: new ItemTable(database),
      terms: new TermTable(database),
      types: new TypeTable(database),
      totals: new TotalTable(database),
      inbox: new InboxTable(database),
      media: new MediaTable(database),
      resolutions: new ResolutionTable(database),
    }
  }

  /** Whether everything that could be done waits for the site's next call. */
  waitsForSite(): boolean {
    const owner = this.commandLog.owner()
    return owner !== null && !owner.isAnswered && this.transport.read().transport === 'polling'
  }

  /**
   * When the next thing is due, in milliseconds since 1970; null when nothing is.
   * @param inboxFrom what webhooks named is not due before this
   */
  nextDueAt(inboxFrom = 0): number | null {
    const due = [this.schedule.nextDueAt(), this.nextWorkAt(inboxFrom)].filter((at) => at !== null)
    return due.length > 0 ? Math.min(...due) : null
  }

  /** As {@link nextDueAt}, of the engine alone: without the tasks that the object does by its alarm. */
  nextWorkAt(inboxFrom = 0): number | null {
    if (this.commandLog.owner()) return this.waitsForSite() ? null : 0
    const inboxAt = this.replica.inbox.nextDueAt()
    const due = [
      this.runs.nextDueAt(),
      inboxAt === null ? null : Math.max(inboxAt, inboxFrom),
      this.access.integration() === null ? null : this.driftChecks.dueAt(),
      this.replica.items.nextRetryAt(),
    ].filter((at) => at !== null)
    return due.length > 0 ? Math.min(...due) : null
  }

  /**
   * The runs of an integration, and since when commands wait for the site.
   * @param integrationId null for those of the whole site
   */
  runsState(now: number, integrationId: string | null = null): RunsState {
    return { ...this.runs.state(now, integrationId), waitingForSiteSince: this.commandLog.waitingForSiteSince() }
  }
}
