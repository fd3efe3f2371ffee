import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../components/page.tsx'
import { NotFoundState } from '../components/states.tsx'

export default function NotFoundPage(): ReactNode {
  const t = useTranslations('common')
  return (
    <Page title={t('notFound')}>
      <NotFoundState />
    </Page>
  )
}
