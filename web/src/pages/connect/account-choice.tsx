import { NativeSelect, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { chosenAccount } from '../../api/chosen-account.ts'
import { useSession } from '../../queries/session.ts'

/** The account that the site would be connected to. Whoever is in several chooses. */
export function AccountChoice(): ReactNode {
  const t = useTranslations('connect')
  const client = useQueryClient()
  const { data: session } = useSession()
  if (!session) return null
  if (session.accounts.length < 2)
    return (
      <Text component="span" fw={600}>
        {session.account.name}
      </Text>
    )
  const choose = (id: string) => {
    chosenAccount.set(id)
    client.clear()
    // the question is asked again, in the other account
    window.location.reload()
  }
  return (
    <NativeSelect
      aria-label={t('chooseAccount')}
      maw={320}
      value={session.account.id}
      onChange={(event) => choose(event.currentTarget.value)}
      data={session.accounts.map(({ id, name }) => ({ value: id, label: name }))}
    />
  )
}
