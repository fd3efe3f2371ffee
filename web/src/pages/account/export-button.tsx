import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ExportDownload } from '../../components/export-download.tsx'
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
  const words = { loading: t('loading', { size }), done: t('done', { size }), incomplete: t('incomplete', { size }) }
  const error = otherError(download.error)
  return (
    <>
      {error !== null && <ErrorState error={error} />}
      <ExportDownload
        label={t(kind)}
        download={download}
        words={words}
        onStart={() => run(() => download.mutateAsync())}
      />
      {dialog}
    </>
  )
}
