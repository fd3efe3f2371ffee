/**
 * When a site's drift check is due, and how it concludes.
 *
 * A check is due a day after the first sync and every day after it, with a tenth of jitter either way. It is due within
 * a minute after an outage, because webhooks may have been lost, and at once if the plugin reports that its outbox
 * overflowed. A check that is due is queued as a run like any other.
 *
 * A check that ends counts the items anew, stores its result and plans the next one. A type in which too much differs
 * is read again in full, and compared again an hour later. A plugin too old for digests has no result; if it asked for
 * the check, all its types are read again instead.
 */
import { NO_TYPE_DRIFT_CHECK, type DriftCheckSnapshot, type TypeDriftCheck } from '../../contract/drift-check.ts'
import type { IdPrefix } from '../../lib/ids.ts'
import { log } from '../../lib/log.ts'
import type { RunCursor, TypeDriftCursor } from '../replica/tables/run-cursor.ts'
import type { IntegrationRef } from '../rpc.ts'
import type { LeasedRun } from '../replica/tables/runs.ts'
import type { SiteStore } from '../replica/store.ts'

/** From one drift check of a site to the next, but for the jitter. */
export const DRIFT_CHECK_INTERVAL_MS = 86_400_000
/** After an outage many sites come back at once; their checks spread over this time. */
const RECOVERY_SPREAD_MS = 60_000
/** After a type was read again, the check is repeated this soon. */
const REREAD_PAUSE_MS = 3_600_000
/** A check planned further ahead was planned by a wrong clock, and counts as due. */
const LONGEST_PAUSE_MS = 2 * DRIFT_CHECK_INTERVAL_MS

interface DriftContext {
  store: SiteStore
  now: () => number
  newId: (prefix: IdPrefix) => string
  random: () => number
}

/** About a day from now; the jitter keeps the checks of many sites apart. */
const tomorrow = ({ now, random }: DriftContext) => now() + Math.round(DRIFT_CHECK_INTERVAL_MS * (0.9 + 0.2 * random()))

/** Queues a drift check if one is due. */
export function queueDueDriftCheck(ctx: DriftContext): void {
  const { store } = ctx
  const [integration, dueAt] = [store.access.integration(), store.driftChecks.dueAt()]
  if (!integration || dueAt === null || (dueAt > ctx.now() && dueAt <= ctx.now() + LONGEST_PAUSE_MS)) return
  store.driftChecks.plan(tomorrow(ctx))
  store.runs.enqueue(
    ctx.newId('run'),
    { ...integration, keyId: null, requestId: ctx.newId('req') },
    'drift_check',
    ctx.now(),
  )
}

/** Queues a drift check now, because the plugin reports that it lost track of its changes. */
export function queueRequestedDriftCheck(ctx: Omit<DriftContext, 'random'>, integration: IntegrationRef): void {
  const { store, now, newId } = ctx
  store.driftChecks.ask()
  const call = { ...integration, keyId: null, requestId: newId('req') }
  store.runs.repeat(store.runs.enqueue(newId('run'), call, 'drift_check', now()).id)
}

/** Plans the next drift check after a sync, or processed webhooks, succeeded: the first one, or one after an outage. */
export function planAfterSync(ctx: DriftContext): void {
  const { store, now, random } = ctx
  if (store.driftChecks.takeOutage()) store.driftChecks.plan(now() + Math.round(RECOVERY_SPREAD_MS * random()))
  else if (store.driftChecks.dueAt() === null) store.driftChecks.plan(tomorrow(ctx))
}

const total = (types: readonly TypeDriftCheck[], part: 'checked' | 'differing' | 'repaired') =>
  types.reduce((sum, type) => sum + type[part], 0)

/** Exclusive or of two hex texts of the same length. */
const xor = (left: string, right: string) =>
  Array.from(left, (digit, at) =>
    (Number.parseInt(digit, 16) ^ Number.parseInt(right[at] ?? '0', 16)).toString(16),
  ).join('')

function describeType({ root, seen, unresolved, outcome }: TypeDriftCursor, at: string): TypeDriftCheck {
  const found = { at, checked: root?.count ?? 0, differing: seen.length, repaired: seen.length - unresolved.length }
  if (outcome !== 'equal') return { ...found, state: 'differs', root: null }
  return { ...found, state: seen.length > 0 ? 'repaired' : 'equal', root: root?.sum ?? null }
}

function summarize(types: readonly TypeDriftCheck[]): Pick<DriftCheckSnapshot, 'state' | 'root'> {
  if (types.length === 0) return { state: 'never', root: null }
  if (types.some(({ state }) => state === 'differs')) return { state: 'differs', root: null }
  const root = types.flatMap(({ root: own }) => own ?? []).reduce(xor)
  return { state: types.some(({ state }) => state === 'repaired') ? 'repaired' : 'equal', root }
}

/**
 * Stores the result of a drift check, queues a run for the types that must be read again, and plans the next check.
 * @returns the result; null if the plugin is too old
 */
function concludeDriftCheck(
  ctx: DriftContext,
  run: LeasedRun,
  cursors: readonly TypeDriftCursor[],
): DriftCheckSnapshot | null {
  const { store, now } = ctx
  const at = new Date(now()).toISOString()
  const wrong = store.replica.counters.recount()
  if (wrong.length > 0) log.warn('counters were wrong', { counters: wrong })
  const isAsked = store.driftChecks.takeAsked()
  const isUnsupported = cursors.some(({ outcome }) => outcome === 'unsupported')
  const reread = cursors.filter(({ outcome }) => outcome === 'reread')
  if (isUnsupported && isAsked) store.replica.types.recheckAll()
  for (const { type } of reread) store.replica.types.recheck(type)
  if (reread.length > 0 || (isUnsupported && isAsked)) {
    const call = { ...run, keyId: null }
    store.runs.repeat(store.runs.enqueue(ctx.newId('run'), call, 'from_external', now()).id)
  }
  store.driftChecks.plan(reread.length > 0 ? now() + REREAD_PAUSE_MS : tomorrow(ctx))
  if (isUnsupported) return null
  const compared = cursors.filter(({ outcome }) => outcome !== 'skipped')
  const types = Object.fromEntries(compared.map((cursor) => [cursor.type, describeType(cursor, at)]))
  const all = Object.values(types)
  const { requests, bytes } = store.steps.describe(run.id)
  const sums = { checked: total(all, 'checked'), differing: total(all, 'differing'), repaired: total(all, 'repaired') }
  const result: DriftCheckSnapshot = { ...NO_TYPE_DRIFT_CHECK, ...summarize(all), at, ...sums, requests, bytes, types }
  store.driftChecks.setResult(result)
  return result
}

/** The result as a sentence, for the sync event. */
function describeDriftCheck({ state, root, differing, repaired, checked }: DriftCheckSnapshot): string {
  if (state === 'never') return 'Nothing to compare: no post type is switched on.'
  if (state === 'equal') return `${checked} posts are equal, root ${root}.`
  if (state === 'repaired') return `${differing} of ${checked} posts differed and were repaired, root ${root}.`
  return `${differing} of ${checked} posts differed, ${repaired} of them were repaired.`
}

/** Concludes a run that succeeded. @returns the fields of its sync event */
export function concludeRun(ctx: DriftContext, run: LeasedRun, { driftChecks, counts, warnings }: RunCursor) {
  const result = run.direction === 'drift_check' ? concludeDriftCheck(ctx, run, driftChecks ?? []) : null
  if (run.direction !== 'drift_check') planAfterSync(ctx)
  const notes = [...(result ? [describeDriftCheck(result)] : []), ...warnings]
  const found = result && { checked: result.checked, differing: result.differing, repaired: result.repaired }
  return { counts: { ...counts, ...found }, ...(notes.length > 0 && { note: notes.join('; ') }) }
}
