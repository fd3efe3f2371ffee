import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'

export default function ContentTypesPage(): ReactNode {
  const t = useTranslations('contentTypes')
  return <Page title={t('title')}>{null}</Page>
}
