import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'

export default function MembersPage(): ReactNode {
  const t = useTranslations('members')
  return <Page title={t('title')}>{null}</Page>
}
