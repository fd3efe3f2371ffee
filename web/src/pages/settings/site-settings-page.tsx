import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'

export default function SiteSettingsPage(): ReactNode {
  const t = useTranslations('settings')
  return <Page title={t('title')}>{null}</Page>
}
