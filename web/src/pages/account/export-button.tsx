import { Button, Group, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { ExportKind } from '../../api/export.ts'
import { ErrorState } from '../../components/states.tsx'
import { useExport } from '../../queries/deletions.ts'
import { otherError, useSensitive } from './use-sensitive.tsx'

const KILO = 1_000
const MEGA = 1_000_000

/** Downloads an export, and says how much of it has come, and whether all of it is there. */
export function ExportButton({ kind }: { kind: ExportKind }): ReactNode {
  const t = useTranslations('account.export')
  const format = useFormatter()
  const { download, bytes } = useExport(kind)
  const { run, dialog } = useSensitive()
  const size =
    bytes < MEGA
      ? format.number(bytes / KILO, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 })
      : format.number(bytes / MEGA, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 })
  const error = otherError(download.error)
  return (
    <>
      {error !== null && <ErrorState error={error} />}
      <Group>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          loading={download.isPending}
          onClick={() => run(() => download.mutateAsync())}
        >
          {t(kind)}
        </Button>
        <Text size="sm" component="output" aria-live="polite">
          {download.isPending && t('loading', { size })}
          {download.data === true && t('done', { size })}
          {download.data === false && t('incomplete', { size })}
        </Text>
      </Group>
      {dialog}
    </>
  )
}
