import { Loader, Switch, Text } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { memo, type ReactNode, useId } from 'react'
import { useTranslations } from 'use-intl'
import { ProblemMessage } from '../../components/problem-message.tsx'
import type { ContentTypes } from '../../api/types.ts'
import type { TypeChange, TypeKind } from '../../queries/content-types.ts'
import { AttentionCell } from './attention-cell.tsx'
import { CountsCell } from './counts-cell.tsx'
import classes from './content-types.module.css'
import { LimitField } from './limit-field.tsx'
import { CELL, ROW, ROW_HEADER } from './table-roles.ts'

type PostTypeRow = ContentTypes['post_types'][string]
type TaxonomyRow = ContentTypes['taxonomies'][string]

interface TypeRowProps {
  siteId: string
  kind: TypeKind
  slug: string
  row: PostTypeRow | TaxonomyRow
  /** Time of IGNY8's counts. */
  at: string | null
  isSaving: boolean
  /** Error of the last change. */
  refusal: Error | undefined
  onChange: (change: TypeChange) => void
}

/** Why a type is off, and who decided that. */
function OffBecause({ id, why, isDenied }: { id: string; why: string; isDenied: boolean }): ReactNode {
  return (
    <Text size="xs" className={classes.offBecause} id={id} data-denied={isDenied}>
      {isDenied && <IconLock size={14} aria-hidden />} {why}
    </Text>
  )
}

/** One post type or taxonomy: counts, and its settings. */
export const TypeRow = memo(function TypeRow(props: TypeRowProps): ReactNode {
  const { siteId, kind, slug, row, at, isSaving, refusal, onChange } = props
  const t = useTranslations('contentTypes')
  const noteId = useId()
  const isDenied = row.decided_by === 'wordpress'
  const whyId = `${noteId}-why`
  const why = row.enabled ? null : t(`offBecause.${row.decided_by}`)
  const describedBy = [refusal && noteId, why !== null && whyId].filter(Boolean).join(' ') || undefined
  return (
    <tr {...ROW} data-type={slug} data-enabled={row.enabled} data-decided={row.decided_by} aria-busy={isSaving}>
      <th {...ROW_HEADER} scope="row" className={classes.type}>
        <Text component="span" fw={600} display="block">
          {row.label}
        </Text>
        <Text component="span" size="xs" c="dimmed" ff="monospace">
          {slug}
        </Text>
      </th>
      <CountsCell
        kind={kind}
        total={row.count}
        synced={row.synced_count}
        totalAt={row.count_as_of}
        syncedAt={at}
        isEnabled={row.enabled}
        isDenied={isDenied}
        driftCheck={'drift_check' in row ? row.drift_check : undefined}
      >
        {why !== null && <OffBecause id={whyId} why={why} isDenied={isDenied} />}
        {row.limited && row.enabled && (
          <Text size="xs" className={classes.limited}>
            {t('limited', { limit: row.fetch_limit })}
          </Text>
        )}
        {refusal && (
          <Text size="xs" className={classes.refused} id={noteId}>
            {t('notSaved')} <ProblemMessage error={refusal} />
          </Text>
        )}
      </CountsCell>
      {'failed_count' in row && (
        <AttentionCell siteId={siteId} type={slug} failed={row.failed_count} conflicts={row.conflict_count} at={at} />
      )}
      <td {...CELL} className={classes.enabled} data-label={t('columns.enabled')}>
        <Switch
          aria-label={t('enabledLabel', { label: row.label })}
          aria-describedby={describedBy}
          checked={row.enabled}
          disabled={isDenied}
          onChange={({ currentTarget }) => onChange({ kind, slug, change: { enabled: currentTarget.checked } })}
        />
        <Text component="span" size="sm" aria-hidden className={classes.enabledWord}>
          {t(row.enabled ? 'enabled' : 'disabled')}
        </Text>
        <span className={classes.saving}>{isSaving && <Loader size={14} aria-label={t('saving')} />}</span>
      </td>
      <td {...CELL} className={classes.limit} data-label={t('columns.limit')}>
        <LimitField
          label={t('limitLabel', { label: row.label })}
          value={row.fetch_limit}
          describedBy={describedBy}
          onSave={(limit) => onChange({ kind, slug, change: { fetch_limit: limit } })}
        />
      </td>
    </tr>
  )
})
