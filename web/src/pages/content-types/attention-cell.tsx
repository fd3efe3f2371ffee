import { Group, Text, VisuallyHidden } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import classes from './content-types.module.css'
import { ExplainedCount } from './explained-count.tsx'
import { CELL } from './table-roles.ts'

interface AttentionCellProps {
  siteId: string
  /** Slug of the type; without it, of all types. */
  type?: string
  failed: number
  conflicts: number
  /** Time of the numbers. */
  at: string | null
}

/** Counts of failed items and conflicts, linked to them. */
export function AttentionCell({ siteId, type, failed, conflicts, at }: AttentionCellProps): ReactNode {
  const t = useTranslations('contentTypes')
  const itemsWith = (state: string) => {
    const query = new URLSearchParams({ ...(type !== undefined && { type }), state })
    return `/sites/${siteId}/items?${query.toString()}`
  }
  const isCalm = failed === 0 && conflicts === 0
  return (
    <td {...CELL} className={classes.attention} data-label={t('columns.attention')} data-calm={isCalm}>
      {isCalm && (
        <Text c="dimmed" component="span">
          <span aria-hidden>–</span>
          <VisuallyHidden>{t('nothingToDo')}</VisuallyHidden>
        </Text>
      )}
      <Group gap="sm" data-numeric>
        {failed > 0 && (
          <ExplainedCount how={t('known.failed')} at={at} href={itemsWith('failed')}>
            {t('failed', { count: failed })}
          </ExplainedCount>
        )}
        {conflicts > 0 && (
          <ExplainedCount how={t('known.conflicts')} at={at} href={itemsWith('conflict')}>
            {t('conflicts', { count: conflicts })}
          </ExplainedCount>
        )}
      </Group>
    </td>
  )
}
