import type { notifications as Notifications } from '@mantine/notifications'
import { useSyncExternalStore } from 'react'

let isWanted = false
const listeners = new Set<() => void>()

/** Whether any notification was shown: the outlet is loaded with the first one. */
export const useNotificationsWanted = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isWanted,
  )

type Store = typeof Notifications

/** Loads the notification store and requests the outlet. */
export async function notificationStore(): Promise<Store> {
  isWanted = true
  for (const listener of listeners) listener()
  const { notifications } = await import('./mantine-notifications.ts')
  return notifications
}
