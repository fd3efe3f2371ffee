import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ContentTypes } from '../../api/types.ts'
import type { TypeKind } from '../../queries/content-types.ts'
import { AttentionCell } from './attention-cell.tsx'
import classes from './content-types.module.css'
import { CountsCell } from './counts-cell.tsx'
import { CELL, GROUP, ROW, ROW_HEADER } from './table-roles.ts'

type Row = ContentTypes['post_types'][string] | ContentTypes['taxonomies'][string]

const sumOf = (rows: Row[], value: (row: Row) => number): number => rows.reduce((sum, row) => sum + value(row), 0)

/** A sum has the time of its oldest part. */
const oldestOf = (rows: Row[]): string | null =>
  rows.reduce<string | null>(
    (oldest, { count_as_of: at }) => (oldest === null || (at ?? '') < oldest ? at : oldest),
    null,
  )

interface TotalsRowProps {
  siteId: string
  kind: TypeKind
  rows: Row[]
  /** Time of IGNY8's counts. */
  at: string | null
}

export function TotalsRow({ siteId, kind, rows, at }: TotalsRowProps): ReactNode {
  const t = useTranslations('contentTypes')
  const enabled = rows.filter((row) => row.enabled).length
  // what the site's owner denies can't be read, so its counts can't be compared
  const known = rows.filter((row) => row.decided_by !== 'wordpress')
  return (
    <tfoot {...GROUP}>
      <tr {...ROW} data-totals>
        <th {...ROW_HEADER} scope="row" className={classes.type}>
          {t('total')}
        </th>
        <CountsCell
          kind={kind}
          total={sumOf(known, ({ count }) => count)}
          synced={sumOf(known, (row) => row.synced_count)}
          totalAt={oldestOf(known)}
          syncedAt={at}
          isEnabled={enabled > 0}
        />
        {kind === 'post_types' && (
          <AttentionCell
            siteId={siteId}
            failed={sumOf(rows, (row) => ('failed_count' in row ? row.failed_count : 0))}
            conflicts={sumOf(rows, (row) => ('conflict_count' in row ? row.conflict_count : 0))}
            at={at}
          />
        )}
        <td {...CELL} colSpan={2} className={classes.enabledTotal}>
          <Text size="sm" c="dimmed" component="span">
            {t('enabledTotal', { enabled, all: rows.length })}
          </Text>
        </td>
      </tr>
    </tfoot>
  )
}
