import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'

export default function RunPage(): ReactNode {
  const t = useTranslations('activity')
  return <Page title={t('title')}>{null}</Page>
}
