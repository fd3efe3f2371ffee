import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'

export default function ItemPage(): ReactNode {
  const t = useTranslations('items')
  return <Page title={t('title')}>{null}</Page>
}
