import { VisuallyHidden } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ContentTypes, Run } from '../../api/types.ts'
import { isActive } from '../../live/merge-run.ts'
import { useSyncStatus } from '../../queries/sync.ts'
import classes from './content-types.module.css'
import { outcomeOf } from './outcome-of.ts'
import { useWatchedRun } from './use-watched-run.ts'

// most of the time nothing runs
const RunView = lazy(() => import('./run-view.tsx'))

interface RunPanelProps {
  integrationId: string
  types: ContentTypes | null
}

/** The current sync, and how it ended. It expands with a transition, so that the page below doesn't jump. */
export function RunPanel({ integrationId, types }: RunPanelProps): ReactNode {
  const t = useTranslations('contentTypes.run')
  const { data } = useSyncStatus(integrationId)
  const { run, dismiss } = useWatchedRun(integrationId, data)
  // keeps its last content while it collapses
  const [last, setLast] = useState<Run | null>(null)
  if (run && run !== last) setLast(run)
  const shown = run ?? last
  return (
    <>
      <Announcer run={run} />
      <div className={classes.fold} data-open={run !== null}>
        <div inert={run === null}>
          {shown && (
            <section
              className={`panel ${classes.run}`}
              aria-label={t('region')}
              data-run={shown.waiting ? 'waiting' : shown.status}
            >
              <Suspense>
                <RunView integrationId={integrationId} run={shown} types={types} onDismiss={dismiss} />
              </Suspense>
            </section>
          )}
        </div>
      </div>
    </>
  )
}

const QUARTERS = 4
const QUARTER_PERCENT = 25

/** Announces start, each quarter and end to screen readers, since every tick would drown everything else. */
function Announcer({ run }: { run: Run | null }): ReactNode {
  const t = useTranslations('contentTypes.run')
  // a growing total must not lower the announced quarter
  const [most, setMost] = useState({ id: '', quarter: 0 })
  if (run && (run.id !== most.id || quarterOf(run) > most.quarter)) setMost({ id: run.id, quarter: quarterOf(run) })
  const wait = useTranslations('common.waiting.short')
  const words = run?.waiting ? wait(run.waiting.for) : run ? said(run, most.quarter, t) : ''
  return <VisuallyHidden component="output">{words}</VisuallyHidden>
}

const quarterOf = ({ progress: { done, total } }: Run): number =>
  total === 0 ? 0 : Math.floor((done / total) * QUARTERS)

function said(run: Run, quarter: number, t: ReturnType<typeof useTranslations<'contentTypes.run'>>): string {
  if (!isActive(run)) return [t(outcomeOf(run)), run.error?.detail].filter(Boolean).join('. ')
  return quarter === 0 ? t('saidStart') : t('saidQuarter', { percent: quarter * QUARTER_PERCENT })
}
