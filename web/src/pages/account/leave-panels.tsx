import { Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { Account, Deletion } from '../../api/types.ts'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useDeleteAccount, useDeletePerson, useDeletions } from '../../queries/deletions.ts'
import { DeleteForm } from './delete-form.tsx'
import { ExportButton } from './export-button.tsx'

const DAY_MS = 86_400_000
/** As the API's DELETION_WAIT_DAYS. */
const WAIT_DAYS = 30

/** The date on which a deletion asked for now becomes final. */
function useFinalDate(): string {
  const format = useFormatter()
  const [now] = useState(Date.now)
  return format.dateTime(new Date(now + WAIT_DAYS * DAY_MS), { dateStyle: 'long' })
}

function Scheduled({ deletion }: { deletion: Deletion }): ReactNode {
  const t = useTranslations('account.delete')
  const format = useFormatter()
  return (
    <Text size="sm">{t('scheduled', { date: format.dateTime(new Date(deletion.due_at), { dateStyle: 'long' }) })}</Text>
  )
}

/** For owners: the export and the deletion of the account. */
function AccountPanel({ account, deletion }: { account: Account; deletion: Deletion | null }): ReactNode {
  const t = useTranslations('account.delete.account')
  const schedule = useDeleteAccount()
  const date = useFinalDate()
  const points = [t('off'), t('goes'), t('people'), t('until', { date })]
  return (
    <Panel heading={t('heading', { account: account.name })} text={t('text')}>
      <ExportButton kind="account" />
      {deletion && <Scheduled deletion={deletion} />}
      {!deletion && <DeleteForm kind="account" expected={account.name} schedule={schedule} points={points} />}
    </Panel>
  )
}

function PersonPanel({ email, deletion }: { email: string; deletion: Deletion | null }): ReactNode {
  const t = useTranslations('account.delete.person')
  const schedule = useDeletePerson()
  const date = useFinalDate()
  const points = [t('goes'), t('stays'), t('owner'), t('until', { date })]
  return (
    <Panel heading={t('heading')} text={t('text')}>
      <ExportButton kind="person" />
      {deletion && <Scheduled deletion={deletion} />}
      {!deletion && <DeleteForm kind="person" expected={email} schedule={schedule} points={points} />}
    </Panel>
  )
}

/** Taking one's data along, and leaving. `account` is the one that the person owns and works in, if they do. */
export function LeavePanels({ email, account }: { email: string; account: Account | null }): ReactNode {
  const { data, error, refetch } = useDeletions()
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return null
  return (
    <>
      {account && <AccountPanel account={account} deletion={data.account} />}
      <PersonPanel email={email} deletion={data.person} />
    </>
  )
}
