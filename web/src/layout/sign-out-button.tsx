import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useSignOut } from '../queries/session.ts'

/** For people without an account, who have no menu. */
export function SignOutButton(): ReactNode {
  const t = useTranslations('shell')
  const signOut = useSignOut()
  return (
    <Button variant="default" size="xs" ml="auto" loading={signOut.isPending} onClick={() => signOut.mutate()}>
      {t('signOut')}
    </Button>
  )
}
