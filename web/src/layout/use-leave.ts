import { useTranslations } from 'use-intl'
import { hasDrafts } from '../queries/forget-drafts.ts'
import { useSignOut } from '../queries/session.ts'

/** Signs out. Where somebody has unsaved drafts on this device, it asks first: others may use the device, so they go. */
export function useLeave(): { leave: () => void; isLeaving: boolean } {
  const t = useTranslations('shell')
  const signOut = useSignOut()
  const leave = () => {
    if (!hasDrafts() || window.confirm(t('signOutLoses'))) signOut.mutate()
  }
  return { leave, isLeaving: signOut.isPending }
}
