import { Text } from '@mantine/core'
import { IconSitemap } from '@tabler/icons-react'
import { type ReactNode, useCallback } from 'react'
import { useTranslations } from 'use-intl'
import type { Connection, ContentTypes, Integration } from '../../api/types.ts'
import { notifyFailure } from '../../components/notify.ts'
import { RelativeTime } from '../../components/relative-time.tsx'
import { EmptyState } from '../../components/states.tsx'
import { useLive } from '../../live/live-context.ts'
import { type TypeChange, useChangeType, useShownContentTypes } from '../../queries/content-types.ts'
import classes from './content-types.module.css'
import { SkeletonRows } from './tab-skeleton.tsx'
import { TypesTable } from './types-table.tsx'

const ON_THE_WAY = new Set<Connection>(['authenticating', 'structure_syncing', 'ready'])

interface TypesSectionProps {
  integration: Integration
  types: ContentTypes
}

/** Post types and taxonomies of the site. */
export function TypesSection({ integration, types }: TypesSectionProps): ReactNode {
  if (types.last_structure_fetch === null) return <NoStructure connection={types.connection} />
  return <Tables integration={integration} types={types} />
}

function NoStructure({ connection }: { connection: Connection }): ReactNode {
  const t = useTranslations('contentTypes.noStructure')
  if (ON_THE_WAY.has(connection))
    return (
      <>
        <Text c="dimmed" size="sm" mb="sm">
          {t('syncing')}
        </Text>
        <SkeletonRows label={t('syncing')} />
      </>
    )
  return (
    <div className="panel">
      <EmptyState icon={<IconSitemap />} title={t('title')} text={t('text')} />
    </div>
  )
}

function Tables({ integration, types }: TypesSectionProps): ReactNode {
  const t = useTranslations('contentTypes')
  const { isStale } = useLive()
  const { id, site_id: siteId } = integration
  const labelOf = useCallback(
    ({ kind, slug }: TypeChange) => (Object.hasOwn(types[kind], slug) ? types[kind][slug]?.label : undefined) ?? slug,
    [types],
  )
  const onRefused = useCallback(
    (change: TypeChange, error: Error) => void notifyFailure(t('notSavedTitle', { label: labelOf(change) }), error),
    [t, labelOf],
  )
  const onChange = useChangeType(id, onRefused)
  const shown = useShownContentTypes(id, types)
  const asOf = <RelativeTime at={types.as_of} />
  return (
    <div data-stale={isStale} className={classes.tables}>
      {isStale && (
        <Text size="sm" className={classes.staleNote}>
          {t.rich('asOf', { at: () => asOf })}
        </Text>
      )}
      <TypesTable siteId={siteId} kind="post_types" shown={shown} at={types.as_of} onChange={onChange} />
      <TypesTable siteId={siteId} kind="taxonomies" shown={shown} at={types.as_of} onChange={onChange} />
    </div>
  )
}
