import type { Run, SyncState } from '../api/types.ts'

export const isActive = (run: Run): boolean => run.status === 'queued' || run.status === 'running'

const STAGE: Record<Run['status'], number> = { queued: 0, running: 1, succeeded: 2, failed: 2, cancelled: 2 }

/** Of two descriptions of one run the later one: answers and live messages overtake each other. */
export function laterRun(known: Run, told: Run): Run {
  if (STAGE[told.status] !== STAGE[known.status]) return STAGE[told.status] > STAGE[known.status] ? told : known
  return told.progress.done >= known.progress.done ? told : known
}

/** The state of the sync after what was told of one run. */
export function mergeRun(state: SyncState, told: Run): SyncState {
  const { current_run: current, last_run: last } = state
  if (last?.id === told.id) return { ...state, last_run: laterRun(last, told) }
  const run = current?.id === told.id ? laterRun(current, told) : told
  if (!isActive(run)) {
    const isLatest = !last || (run.finished_at ?? '') >= (last.finished_at ?? '')
    return {
      ...state,
      current_run: current?.id === run.id ? null : current,
      last_run: isLatest ? run : last,
    }
  }
  // one runs at a time: another one that waits is not the one to show
  const isShown = !current || current.id === run.id || startedAt(run) > startedAt(current)
  return isShown ? { ...state, current_run: run, sync_status: 'syncing' } : state
}

const startedAt = (run: Run): string => (run.status === 'running' ? (run.started_at ?? run.queued_at) : '')

/**
 * An answer about the sync, with what live messages told while it was on its way.
 * @param asked what was known when it was asked for
 * @param known what is known now
 */
export function reconcile(answer: SyncState, asked: SyncState | undefined, known: SyncState | undefined): SyncState {
  const before = new Set([asked?.current_run, asked?.last_run])
  const told = [known?.last_run, known?.current_run].filter((run) => run && !before.has(run))
  return told.reduce<SyncState>((state, run) => (run ? mergeRun(state, run) : state), answer)
}
