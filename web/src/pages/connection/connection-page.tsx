import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'

export default function ConnectionPage(): ReactNode {
  const t = useTranslations('connection')
  return <Page title={t('title')}>{null}</Page>
}
