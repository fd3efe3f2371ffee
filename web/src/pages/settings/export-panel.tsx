import { Button, Group, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Site } from '../../api/types.ts'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useSizeText } from '../../components/use-size-text.ts'
import { useExport } from '../../queries/exports.ts'

/** Downloads everything that IGNY8 has of the site. */
export function ExportPanel({ site }: { site: Site }): ReactNode {
  const t = useTranslations('settings.export')
  const sizeOf = useSizeText()
  const { download, bytes } = useExport({ site: site.id })
  const size = sizeOf(bytes)
  return (
    <Panel heading={t('heading')} text={t('text')}>
      {download.error && <ErrorState error={download.error} />}
      <Group>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden />}
          loading={download.isPending}
          onClick={() => download.mutate()}
        >
          {t('button')}
        </Button>
        <Text size="sm" component="output" aria-live="polite">
          {download.isPending && t('loading', { size })}
          {download.data === true && t('done', { size })}
          {download.data === false && t('incomplete', { size })}
        </Text>
      </Group>
    </Panel>
  )
}
