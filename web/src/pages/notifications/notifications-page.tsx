import { Stack } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'
import { useSession } from '../../queries/session.ts'
import { DeliveriesPanel } from './deliveries-panel.tsx'
import { EmailPanel } from './email-panel.tsx'
import { EndpointsPanel } from './endpoints-panel.tsx'

export default function NotificationsPage(): ReactNode {
  const t = useTranslations('notifications')
  const { data: session } = useSession()
  return (
    <Page title={t('title')} description={t('description', { account: session?.account.name ?? '' })}>
      <Stack gap="lg">
        <EmailPanel />
        <EndpointsPanel />
        <DeliveriesPanel />
      </Stack>
    </Page>
  )
}
