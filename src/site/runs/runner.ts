/**
 * Runs: how a site's object does its work, one bounded piece at a time.
 *
 * A **run** is one execution of a sync. It has **stages** (structure, read, reconcile, push, drift check), and a stage
 * is worked off in rounds: one request to the site and what follows from it. A **slice** is as many rounds as begin
 * within 20 s. Each round commits its rows and the **cursor** in one transaction of the object's SQLite, so a crash
 * repeats one round at most. Each slice ends with one write to D1: the counts, and when the run ends or fails also
 * status and event. D1 is written first and the run ends in the object after it, so a crash in between repeats the end.
 *
 * Whoever plays a slice holds the run's **lease** (90 s). Taking the lease is an **attempt** and raises its number;
 * every later write to the run's row names that number. A lease is lost when it runs out, when the run is cancelled, or
 * when a new instance of the object releases it. A holder that lost it:
 * - can still have one request to the site in flight. So commands that write carry ids that the plugin recognises.
 * - can't write items: it calls `assertHeld` after each await, and the write that follows is synchronous.
 * - can't write D1 once a newer run has begun: starting a run raises the integration's `sync_epoch`, and every write of
 *   a run names its own **epoch**.
 *
 * A unique index forbids a second unfinished run of the same direction: a caller who asks for one gets the first. Two
 * runs are never at work at once: the object's mutex admits one piece of work at the site, and {@link takeRun} leases
 * the oldest that is due.
 */
import { withLogIds } from '../../lib/log.ts'
import type { LeasedRun } from '../replica/tables/runs.ts'
import type { ObjectContext } from './context.ts'
import { idsOfRun } from './log-ids.ts'
import { playRun } from './play-run.ts'
import { takeRun } from './take-run.ts'

const OUR_FAULT = 'IGNY8 could not store what it did. It tries again by itself.'

/** Plays a slice. An error of ours, such as D1 not answering, leaves the run to its lease: it says so until then. */
async function playOrRest(ctx: ObjectContext, run: LeasedRun): Promise<void> {
  try {
    await playRun(ctx, run)
  } catch (cause) {
    ctx.store.runs.rest(run, { for: 'retry', since: ctx.now(), detail: OUR_FAULT })
    throw cause
  }
}

/** Does the next piece of work that is due: processes the inbox, then plays one slice of the run whose turn it is. */
export async function runNext(ctx: ObjectContext): Promise<void> {
  const run = await takeRun(ctx)
  if (run) await withLogIds(idsOfRun(run), () => playOrRest(ctx, run))
}
