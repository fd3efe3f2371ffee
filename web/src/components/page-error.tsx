import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from './page.tsx'
import { ErrorState } from './states.tsx'

interface PageErrorProps {
  context?: string
  error: unknown
  onRetry: () => void
}

/** In place of a page whose data could not be read. */
export function PageError({ context, error, onRetry }: PageErrorProps): ReactNode {
  const t = useTranslations('common')
  return (
    <Page title={t('pageFailed')} {...(context !== undefined && { context })}>
      <ErrorState error={error} onRetry={onRetry} />
    </Page>
  )
}
