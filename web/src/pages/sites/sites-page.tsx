import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'

export default function SitesPage(): ReactNode {
  const t = useTranslations('sites')
  return <Page title={t('title')}>{null}</Page>
}
