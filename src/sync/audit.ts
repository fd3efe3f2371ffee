import { NO_TYPE_AUDIT, type AuditSnapshot, type TypeAudit } from '../contract/audit.ts'
import type { IdPrefix } from '../lib/ids.ts'
import type { RunCursor, TypeAuditCursor } from './engine/cursor.ts'
import type { PortSubject } from './port.ts'
import type { LeasedRun, SiteStore } from './store.ts'

const DAY_MS = 86_400_000
/** After an outage many sites come back at once. */
const RECOVERY_SPREAD_MS = 60_000
/** When everything was read anew the result is compared soon. */
const REREAD_PAUSE_MS = 3_600_000
/** What seems to wait for longer was planned by a clock that was wrong. */
const LONGEST_PAUSE_MS = 2 * DAY_MS

interface AuditContext {
  store: SiteStore
  now: () => number
  newId: (prefix: IdPrefix) => string
  random: () => number
}

/** A day from now, so that audits of many sites don't meet. */
const tomorrow = ({ now, random }: AuditContext) => now() + Math.round(DAY_MS * (0.9 + 0.2 * random()))

/** Queues the audit that is due. */
export function queueDueAudit(ctx: AuditContext): void {
  const { store } = ctx
  const [subject, dueAt] = [store.access.subject(), store.audits.dueAt()]
  if (!subject || dueAt === null || (dueAt > ctx.now() && dueAt <= ctx.now() + LONGEST_PAUSE_MS)) return
  store.audits.plan(tomorrow(ctx))
  store.enqueueRun(ctx.newId('run'), { ...subject, keyId: null, requestId: ctx.newId('req') }, 'audit', ctx.now())
}

/** Has the site audited at once, because it says that it lost track of its changes. */
export function queueAskedAudit(ctx: Omit<AuditContext, 'random'>, subject: PortSubject): void {
  const { store, now, newId } = ctx
  store.audits.ask()
  const call = { ...subject, keyId: null, requestId: newId('req') }
  store.repeatRun(store.enqueueRun(newId('run'), call, 'audit', now()).id)
}

/** What a sync or a look that ended well means for the next audit: the first is planned, and one after an outage comes soon. */
export function planAfterSync(ctx: AuditContext): void {
  const { store, now, random } = ctx
  if (store.audits.takeOutage()) store.audits.plan(now() + Math.round(RECOVERY_SPREAD_MS * random()))
  else if (store.audits.dueAt() === null) store.audits.plan(tomorrow(ctx))
}

const total = (types: readonly TypeAudit[], part: 'checked' | 'differing' | 'repaired') =>
  types.reduce((sum, type) => sum + type[part], 0)

/** Hex digits of as many bytes, one by one. */
const xor = (left: string, right: string) =>
  Array.from(left, (digit, at) =>
    (Number.parseInt(digit, 16) ^ Number.parseInt(right[at] ?? '0', 16)).toString(16),
  ).join('')

function describeType({ root, seen, unresolved, outcome }: TypeAuditCursor, at: string): TypeAudit {
  const found = { at, checked: root?.count ?? 0, differing: seen.length, repaired: seen.length - unresolved.length }
  if (outcome !== 'equal') return { ...found, state: 'differs', root: null }
  return { ...found, state: seen.length > 0 ? 'repaired' : 'equal', root: root?.sum ?? null }
}

function summarize(types: readonly TypeAudit[]): Pick<AuditSnapshot, 'state' | 'root'> {
  if (types.length === 0) return { state: 'never', root: null }
  if (types.some(({ state }) => state === 'differs')) return { state: 'differs', root: null }
  const root = types.flatMap(({ root: own }) => own ?? []).reduce(xor)
  return { state: types.some(({ state }) => state === 'repaired') ? 'repaired' : 'equal', root }
}

/**
 * Keeps the result of an audit that came to its end, and has read anew what could not be compared: types of which too much differs, and, where the site
 * had asked for an audit that its plugin can't answer, all.
 * @returns the result, or null where the site's plugin is too old
 */
function settleAudit(ctx: AuditContext, run: LeasedRun, cursors: readonly TypeAuditCursor[]): AuditSnapshot | null {
  const { store, now } = ctx
  const at = new Date(now()).toISOString()
  const isAsked = store.audits.takeAsked()
  const isUnsupported = cursors.some(({ outcome }) => outcome === 'unsupported')
  const reread = cursors.filter(({ outcome }) => outcome === 'reread')
  if (isUnsupported && isAsked) store.replica.types.recheckAll()
  for (const { type } of reread) store.replica.types.recheck(type)
  if (reread.length > 0 || (isUnsupported && isAsked)) {
    const call = { ...run, keyId: null }
    store.repeatRun(store.enqueueRun(ctx.newId('run'), call, 'from_external', now()).id)
  }
  store.audits.plan(reread.length > 0 ? now() + REREAD_PAUSE_MS : tomorrow(ctx))
  if (isUnsupported) return null
  const compared = cursors.filter(({ outcome }) => outcome !== 'skipped')
  const types = Object.fromEntries(compared.map((cursor) => [cursor.type, describeType(cursor, at)]))
  const all = Object.values(types)
  const { requests, bytes } = store.steps.describe(run.id)
  const sums = { checked: total(all, 'checked'), differing: total(all, 'differing'), repaired: total(all, 'repaired') }
  const result: AuditSnapshot = { ...NO_TYPE_AUDIT, ...summarize(all), at, ...sums, requests, bytes, types }
  store.audits.setResult(result)
  return result
}

/** The result in a sentence, for the event. */
function describeAudit({ state, root, differing, repaired, checked }: AuditSnapshot): string {
  if (state === 'never') return 'Nothing to compare: no post type is switched on.'
  if (state === 'equal') return `${checked} posts are equal, root ${root}.`
  if (state === 'repaired') return `${differing} of ${checked} posts differed and were repaired, root ${root}.`
  return `${differing} of ${checked} posts differed, ${repaired} of them were repaired.`
}

/** What a run that ended well leaves behind: what its event says, and the next audit. */
export function concludeRun(ctx: AuditContext, run: LeasedRun, { audits, counts, warnings }: RunCursor) {
  const result = run.direction === 'audit' ? settleAudit(ctx, run, audits ?? []) : null
  if (run.direction !== 'audit') planAfterSync(ctx)
  const notes = [...(result ? [describeAudit(result)] : []), ...warnings]
  const found = result && { checked: result.checked, differing: result.differing, repaired: result.repaired }
  return { counts: { ...counts, ...found }, ...(notes.length > 0 && { note: notes.join('; ') }) }
}
