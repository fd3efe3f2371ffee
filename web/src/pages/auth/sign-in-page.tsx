import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'

export default function SignInPage(): ReactNode {
  const t = useTranslations('auth')
  return <Page title={t('title')}>{null}</Page>
}
