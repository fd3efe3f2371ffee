import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'

export default function OnboardingPage(): ReactNode {
  const t = useTranslations('onboarding')
  return <Page title={t('title')}>{null}</Page>
}
