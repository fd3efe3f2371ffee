import { Button, Group, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ErrorState } from '../../components/states.tsx'
import { useSizeText } from '../../components/use-size-text.ts'
import { useExport } from '../../queries/exports.ts'
import { otherError, useSensitive } from './use-sensitive.tsx'

/** Downloads an export, and says how much of it has come, and whether all of it is there. */
export function ExportButton({ kind }: { kind: 'account' | 'person' }): ReactNode {
  const t = useTranslations('account.export')
  const sizeOf = useSizeText()
  const { download, bytes } = useExport(kind)
  const { run, dialog } = useSensitive()
  const size = sizeOf(bytes)
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
