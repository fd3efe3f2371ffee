import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useLeave } from './use-leave.ts'

/** For people without an account, who have no menu. */
export function SignOutButton(): ReactNode {
  const t = useTranslations('shell')
  const { leave, isLeaving } = useLeave()
  return (
    <Button variant="default" size="xs" ml="auto" loading={isLeaving} onClick={leave}>
      {t('signOut')}
    </Button>
  )
}
