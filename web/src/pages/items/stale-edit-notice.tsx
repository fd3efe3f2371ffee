import { Alert, Box, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslations } from 'use-intl'
import type { Item, ItemUpdate } from '../../api/types.ts'
import VersionDiff from '../../components/diff/version-diff.tsx'
import { useFieldLabel } from './field-label.ts'
import { useItemAfter } from './item-after.ts'
import { useValueText } from './value-text.ts'

interface StaleEditNoticeProps {
  item: Item
  changes: ItemUpdate
  /** Whether the API refused to save because of the newer version. */
  isRefused: boolean
  isSaving: boolean
  onKeepMine: () => void
  onTakeTheirs: () => void
}

/** The item changed while being edited. Shows what saving would change in the latest version, and lets the person decide. */
export function StaleEditNotice(props: StaleEditNoticeProps): ReactNode {
  const { item, changes, isRefused, isSaving, onKeepMine, onTakeTheirs } = props
  const t = useTranslations('items.edit.stale')
  const fieldLabel = useFieldLabel()
  const after = useItemAfter(item, changes)
  const valueText = useValueText((id) => id)
  const notice = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (isRefused) notice.current?.focus()
  }, [isRefused])
  return (
    <Alert
      ref={notice}
      tabIndex={-1}
      color="yellow"
      role="alert"
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      icon={<IconAlertTriangle aria-hidden />}
      title={t('title')}
    >
      <Stack gap="sm" align="stretch">
        <Text size="sm">{isRefused ? t('refused') : t('text')}</Text>
        <Box className="panel">
          <VersionDiff
            left={item}
            right={after}
            leftLabel={t('theirs')}
            rightLabel={t('mine')}
            fieldLabel={fieldLabel}
            valueText={valueText}
            equal={
              <Text size="sm" c="dimmed" p="md">
                {t('equal')}
              </Text>
            }
          />
        </Box>
        <Group gap="sm">
          <Button size="xs" loading={isSaving} onClick={onKeepMine}>
            {t('keepMine')}
          </Button>
          <Button size="xs" variant="default" onClick={onTakeTheirs}>
            {t('takeTheirs')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
