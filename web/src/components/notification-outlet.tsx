import { MantineThemeProvider } from '@mantine/core'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslations } from 'use-intl'
import { useNotificationsWanted } from './notifications.ts'

const Notifications = lazy(async () => ({ default: (await import('./mantine-notifications.ts')).Notifications }))

/** The corner where notifications appear. Their buttons get a name here, since only a component knows the language. */
export function NotificationOutlet(): ReactNode {
  const t = useTranslations('common')
  if (!useNotificationsWanted()) return null
  const defaultProps = { closeButtonProps: { 'aria-label': t('close') } }
  return (
    <MantineThemeProvider inherit theme={{ components: { Notification: { defaultProps } } }}>
      <Suspense>
        <Notifications position="bottom-right" limit={4} />
      </Suspense>
    </MantineThemeProvider>
  )
}
