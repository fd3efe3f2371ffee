import { Box, Button, NativeSelect, Skeleton, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { isCode } from '../../../api/errors.ts'
import type { Item, PastVersion, VersionEntry } from '../../../api/types.ts'
import VersionDiff from '../../../components/diff/version-diff.tsx'
import { ErrorState } from '../../../components/states.tsx'
import { useItemTitles } from '../../../queries/items.ts'
import { useMay } from '../../../queries/session.ts'
import { useReadVersionsAgain, useVersion } from '../../../queries/versions.ts'
import { useFieldLabel } from '../field-label.ts'
import { parentsOf, useValueText } from '../value-text.ts'
import classes from './history.module.css'
import { RestoreButton } from './restore-button.tsx'

type Other = 'current' | 'before'
const OTHERS: readonly Other[] = ['current', 'before']

interface VersionDetailsProps {
  item: Item
  entry: VersionEntry
  before: VersionEntry | null
}

/** A version that is gone: the list is read again, which leaves it out. */
function Expired({ item }: { item: Item }): ReactNode {
  const t = useTranslations('history')
  const readAgain = useReadVersionsAgain(item.site_id, item.id)
  return (
    <div className={classes.bar} role="alert">
      <Text size="sm">{t('expired')}</Text>
      <Button size="xs" variant="default" onClick={readAgain}>
        {t('reload')}
      </Button>
    </div>
  )
}

interface ComparedProps {
  item: Item
  version: PastVersion
  other: Other
  before: PastVersion | undefined
}

/** What differs between a version and what the item is now, or the version before it. */
function Compared({ item, version, other, before }: ComparedProps): ReactNode {
  const t = useTranslations('history')
  const fieldLabel = useFieldLabel()
  const parents = [...parentsOf(item), version.content.parent_id, before?.content.parent_id]
  const valueText = useValueText(useItemTitles(item.site_id, parents))
  const isCurrent = other === 'current'
  const older = isCurrent ? version.content : before?.content
  if (!older)
    return (
      <Text size="sm" c="dimmed" px="lg" pb="lg">
        {t('noBefore')}
      </Text>
    )
  const equal = (
    <Text size="sm" c="dimmed" px="lg" pb="lg">
      {t(isCurrent ? 'equalCurrent' : 'equalBefore')}
    </Text>
  )
  return (
    <VersionDiff
      left={older}
      right={isCurrent ? item : version.content}
      leftLabel={t(isCurrent ? 'thisVersion' : 'beforeVersion')}
      rightLabel={t(isCurrent ? 'currentVersion' : 'thisVersion')}
      fieldLabel={fieldLabel}
      valueText={valueText}
      equal={equal}
    />
  )
}

/** The differences of a version, and its restore. */
export function VersionDetails({ item, entry, before }: VersionDetailsProps): ReactNode {
  const t = useTranslations('history')
  const mayEdit = useMay('editor')
  const isCurrent = entry.id === 'current'
  const [chosen, setChosen] = useState<Other>('current')
  const other = isCurrent ? 'before' : chosen
  const version = useVersion(item.site_id, item.id, entry.id)
  const older = useVersion(item.site_id, item.id, other === 'before' ? (before?.id ?? null) : null)
  const failed = version.error ?? older.error
  if (isCode(failed, 'version_not_kept')) return <Expired item={item} />
  if (failed)
    return (
      <Box p="md">
        <ErrorState error={failed} onRetry={() => void (version.error ? version : older).refetch()} />
      </Box>
    )
  if (!version.data || older.isLoading) return <Skeleton height={120} m="md" radius="md" />
  return (
    <>
      {!isCurrent && (
        <div className={classes.bar}>
          <NativeSelect
            size="xs"
            label={t('compare')}
            value={chosen}
            onChange={({ currentTarget }) =>
              setChosen(OTHERS.find((name) => name === currentTarget.value) ?? 'current')
            }
            data={OTHERS.map((name) => ({ value: name, label: t(`with.${name}`) }))}
          />
          {mayEdit && !item.left_alone && <RestoreButton item={item} version={version.data} />}
        </div>
      )}
      <Box pt={isCurrent ? 'md' : 0}>
        <Compared item={item} version={version.data} other={other} before={older.data} />
      </Box>
    </>
  )
}
