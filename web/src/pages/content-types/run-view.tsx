import type { ReactNode } from 'react'
import type { ContentTypes, Run } from '../../api/types.ts'
import { isActive } from '../../live/merge-run.ts'
import { RunOutcome } from './run-outcome.tsx'
import { RunProgress } from './run-progress.tsx'

interface RunViewProps {
  integrationId: string
  run: Run
  types: ContentTypes | null
  onDismiss: () => void
}

/** How far a run has come, or how it ended. */
export default function RunView({ integrationId, run, types, onDismiss }: RunViewProps): ReactNode {
  if (!isActive(run)) return <RunOutcome run={run} onDismiss={onDismiss} />
  return <RunProgress key={run.id} integrationId={integrationId} run={run} types={types} />
}
