import type { Run, SyncState } from '../api/types.ts'

export const isActive = (run: Run): boolean => run.status === 'queued' || run.status === 'running'

/**
 * The later of two states of a run, since answers and live messages can overtake each other. A run that has ended stays
 * so. One that has not may be at work and wait in turns, so there only the progress tells, and else the order of arrival.
 */
export function laterRun(known: Run, update: Run): Run {
  // live messages have no names
  const isNameless = update.actor?.name === null && update.actor.id === known.actor?.id
  return later(known, isNameless ? { ...update, actor: known.actor } : update)
}

function later(known: Run, update: Run): Run {
  if (isActive(known) !== isActive(update)) return isActive(known) ? update : known
  return update.progress.done >= known.progress.done ? update : known
}

/** The sync state after a message about one run. */
export function mergeRun(state: SyncState, update: Run): SyncState {
  const { current_run: current, last_run: last } = state
  if (last?.id === update.id) return { ...state, last_run: laterRun(last, update) }
  const run = current?.id === update.id ? laterRun(current, update) : update
  if (!isActive(run)) {
    const isLatest = !last || (run.finished_at ?? '') >= (last.finished_at ?? '')
    return {
      ...state,
      current_run: current?.id === run.id ? null : current,
      last_run: isLatest ? run : last,
    }
  }
  // only one run runs at a time, and a queued one is not shown instead
  const isShown = !current || current.id === run.id || startedAt(run) > startedAt(current)
  return isShown ? { ...state, current_run: run, sync_status: run.waiting ? 'pending' : 'syncing' } : state
}

const startedAt = (run: Run): string => (run.status === 'running' ? (run.started_at ?? run.queued_at) : '')

/**
 * Merges an answer about the sync with live messages that arrived meanwhile.
 * @param asked state when the request was sent
 * @param known current state
 */
export function reconcile(answer: SyncState, asked: SyncState | undefined, known: SyncState | undefined): SyncState {
  const before = new Set([asked?.current_run, asked?.last_run])
  const update = [known?.last_run, known?.current_run].filter((run) => run && !before.has(run))
  return update.reduce<SyncState>((state, run) => (run ? mergeRun(state, run) : state), answer)
}
