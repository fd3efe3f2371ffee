import { lazy, type ReactNode, Suspense } from 'react'
import { useNotificationsWanted } from './notifications.ts'

const Notifications = lazy(async () => ({ default: (await import('./mantine-notifications.ts')).Notifications }))

/** The corner where notifications appear. */
export function NotificationOutlet(): ReactNode {
  if (!useNotificationsWanted()) return null
  return (
    <Suspense>
      <Notifications position="bottom-right" limit={4} />
    </Suspense>
  )
}
