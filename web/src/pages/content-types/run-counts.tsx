import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Run } from '../../api/types.ts'
import classes from './content-types.module.css'

const COUNTS = ['created', 'updated', 'deleted', 'unchanged', 'failed', 'conflicts'] as const

/** Counts of a run in words; renders nothing if all are zero. */
export function RunCounts({ counts }: { counts: Run['counts'] }): ReactNode {
  const t = useTranslations('contentTypes.run.counts')
  const shown = COUNTS.filter((name) => counts[name] > 0)
  if (shown.length === 0) return null
  return (
    <div className={classes.runCounts}>
      {shown.map((name) => (
        <span key={name} data-count={name}>
          {t(name, { count: counts[name] })}
        </span>
      ))}
    </div>
  )
}
