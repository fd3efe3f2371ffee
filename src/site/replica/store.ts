/**
 * The SQLite database of a site's Durable Object, one class per table group. Every method is synchronous: it runs one
 * statement or one transaction, and no other event of the object can come in between.
 *
 * What commits together:
 * - a page of content, the cursor that covers it and the step that describes it: a crash repeats one page at most;
 * - results from the site and the deletion of their commands from the log: no result is applied twice or lost;
 * - an item's row, its versions, and in the journal what it was before; SQLite triggers update the counters in the same
 *   statement;
 * - a resolved conflict and the sides as they were before it, which an undo restores.
 *
 * D1 holds the summary of all this. A projection writes it there after a slice; until then D1 may be behind, but never
 * ahead.
 */
import type { SiteDatabase } from './database.ts'
import { migrateSiteStore } from './migrations.ts'
import type { RunDetail } from '../../contract/activity.ts'
import { refusal, type RpcResult, type RunsState } from '../rpc.ts'
import { RunTable } from './tables/runs.ts'
import { AccessTable } from './tables/access.ts'
import { DriftCheckTable } from './tables/drift-checks.ts'
import { BulkTable } from './tables/bulk.ts'
import { CounterTable } from './tables/counters.ts'
import { HistoryTable } from './tables/history.ts'
import { ItemHistoryTable } from './tables/item-history.ts'
import { InboxTable } from './tables/inbox.ts'
import { ItemSearchTable } from './tables/item-search.ts'
import { ItemTable } from './tables/items.ts'
import { CommandLogTable } from './tables/command-log.ts'
import { TransportTable } from './tables/transport.ts'
import { MediaTable } from './tables/media.ts'
import { ScheduleTable } from './tables/schedule.ts'
import { ResolutionTable } from './tables/resolutions.ts'
import { StepTable } from './tables/steps.ts'
import { DumpTable } from './tables/dumps.ts'
import { ImportTable } from './tables/imports.ts'
import { RestoreTable } from './tables/restores.ts'
import { TermTable } from './tables/terms.ts'
import { TotalTable } from './tables/totals.ts'
import { TypeTable } from './tables/types.ts'
import { describeWaiting } from './waiting.ts'

/** The tables that mirror the site's content. */
export interface Replica {
  database: SiteDatabase
  items: ItemTable
  search: ItemSearchTable
  bulk: BulkTable
  history: HistoryTable
  itemHistory: ItemHistoryTable
  restores: RestoreTable
  counters: CounterTable
  terms: TermTable
  types: TypeTable
  totals: TotalTable
  inbox: InboxTable
  media: MediaTable
  resolutions: ResolutionTable
}

/** All tables of the object, and the questions that concern several of them. */
export class SiteStore {
  readonly access: AccessTable
  readonly steps: StepTable
  readonly replica: Replica
  readonly transport: TransportTable
  readonly commandLog: CommandLogTable
  readonly driftChecks: DriftCheckTable

  readonly imports: ImportTable
  readonly dumps: DumpTable
  readonly runs: RunTable
  readonly schedule: ScheduleTable

  constructor(database: SiteDatabase) {
    migrateSiteStore(database)
    this.access = new AccessTable(database)
    this.driftChecks = new DriftCheckTable(database)
    this.runs = new RunTable(database)
    this.runs.waitingOf = (row) => describeWaiting(this, row)
    this.steps = new StepTable(database)
    this.transport = new TransportTable(database, () => this.access.polledAt())
    this.commandLog = new CommandLogTable(database)
    this.schedule = new ScheduleTable(database)
    this.imports = new ImportTable(database)
    this.dumps = new DumpTable(database)
    const history = new HistoryTable(database)
    this.replica = {
      database,
      items: new ItemTable(database, history),
      search: new ItemSearchTable(database),
      bulk: new BulkTable(database),
      history,
      itemHistory: new ItemHistoryTable(database),
      restores: new RestoreTable(database),
      counters: new CounterTable(database),
      terms: new TermTable(database),
      types: new TypeTable(database),
      totals: new TotalTable(database),
      inbox: new InboxTable(database),
      media: new MediaTable(database),
      resolutions: new ResolutionTable(database),
    }
  }

  /** Cancels all runs of an integration, and drops cached keys and credentials. */
  stop(integrationId: string, now: number): void {
    this.runs.cancelAll(integrationId, now)
    this.driftChecks.plan(null)
    this.access.invalidate()
  }

  /** Whether all open work waits for the site's next poll. */
  waitsForSite(): boolean {
    const owner = this.commandLog.owner()
    return owner !== null && !owner.isAnswered && this.transport.read().transport === 'polling'
  }

  /**
   * When the object's next work is due, in milliseconds since 1970; null if there is none.
   * @param inboxFrom earliest time at which to process the inbox
   */
  nextDueAt(inboxFrom = 0): number | null {
    const tasks = [this.schedule.nextDueAt(), this.transport.silentAt(), this.imports.dueAt(), this.dumps.dueAt()]
    if (this.replica.restores.running() || this.replica.bulk.unfinished().length > 0) return 0
    const due = [...tasks, this.nextWorkAt(inboxFrom)].filter((at) => at !== null)
    return due.length > 0 ? Math.min(...due) : null
  }

  /** Like {@link nextDueAt}, without the scheduled tasks: only runs, the inbox, drift checks and retries. */
  nextWorkAt(inboxFrom = 0): number | null {
    if (this.commandLog.owner()) return this.waitsForSite() ? null : 0
    const inboxAt = this.replica.inbox.nextDueAt()
    const due = [
      this.runs.nextDueAt(),
      inboxAt === null ? null : Math.max(inboxAt, inboxFrom),
      this.access.integration() === null ? null : this.driftChecks.dueAt(),
      this.#nextRetryAt(),
    ].filter((at) => at !== null)
    return due.length > 0 ? Math.min(...due) : null
  }

  /**
   * When a run is queued for items that are sent again by themselves. Null while there is one: it takes them along, and
   * it may be waiting for its own next attempt, until which the alarm must not fire for them.
   */
  #nextRetryAt(): number | null {
    const at = this.replica.items.nextRetryAt()
    return at === null || this.access.integration() === null || this.runs.isUnfinished('to_external') ? null : at
  }

  /**
   * The current and last run, and since when commands wait for the site.
   * @param integrationId null for the runs of all integrations of the site
   */
  runsState(now: number, integrationId: string | null = null): RunsState {
    return { ...this.runs.state(now, integrationId), waitingForSiteSince: this.commandLog.waitingForSiteSince() }
  }

  /** A run of an integration with its steps. */
  describeRun(integrationId: string, runId: string): RpcResult<RunDetail> {
    const found = this.runs.find(runId)
    if (found?.integrationId !== integrationId) return refusal('run_not_found', 'Run not found')
    return { ok: true, value: { ...found.run, request_id: found.requestId, ...this.steps.describe(runId) } }
  }
}
