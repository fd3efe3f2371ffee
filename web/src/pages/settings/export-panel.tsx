import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Site } from '../../api/types.ts'
import { Panel } from '../../components/panel.tsx'
import { ExportDownload } from '../../components/export-download.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useSizeText } from '../../components/use-size-text.ts'
import { useExport } from '../../queries/exports.ts'

/** Downloads everything that IGNY8 has of the site. */
export function ExportPanel({ site }: { site: Site }): ReactNode {
  const t = useTranslations('settings.export')
  const sizeOf = useSizeText()
  const { download, bytes } = useExport({ site: site.id })
  const size = sizeOf(bytes)
  const words = { loading: t('loading', { size }), done: t('done', { size }), incomplete: t('incomplete', { size }) }
  return (
    <Panel heading={t('heading')} text={t('text')}>
      {download.error && <ErrorState error={download.error} />}
      <ExportDownload label={t('button')} download={download} words={words} onStart={() => download.mutate()} />
    </Panel>
  )
}
