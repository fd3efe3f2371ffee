import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { Invitation, InvitationSent } from '../../api/types.ts'
import { ConfirmButton } from '../../components/confirm-button.tsx'
import { ListTable } from '../../components/list-table.tsx'
import { MoreButton } from '../../components/more-button.tsx'
import { notifyDone, notifyFailure } from '../../components/notify.ts'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useProblemText } from '../../components/use-problem-text.ts'
import { useInvitations, useResendInvitation, useWithdrawInvitation } from '../../queries/members.ts'
import { entriesOf } from '../../queries/paging.ts'

/** Whether the mail went out, and if not, why. */
function MailState({ mail, mail_error: error }: Invitation): ReactNode {
  const t = useTranslations('members.invitations')
  const textOf = useProblemText()
  const words = error && textOf(error)
  return (
    <Stack gap={2} align="flex-start">
      <Badge variant="light" color={mail === 'not_sent' ? 'red' : 'gray'} size="sm" tt="none">
        {t(`mail.${mail}`)}
      </Badge>
      {words && (
        <Text size="xs" c="dimmed">
          {`${words.title}. ${words.fix}`}
        </Text>
      )}
    </Stack>
  )
}

interface InvitationRowProps {
  invitation: Invitation
  /** Gets a link that is shown once. */
  onLink: (sent: InvitationSent) => void
}

function Actions({ invitation: { id, email }, onLink }: InvitationRowProps): ReactNode {
  const t = useTranslations('members.invitations')
  const resend = useResendInvitation()
  const withdrawal = useWithdrawInvitation()
  const send = () =>
    resend.mutate(id, {
      onSuccess: (sent) => {
        if (sent.mail === 'link_shown') onLink(sent)
        if (sent.mail === 'sent') void notifyDone(t('resent', { email }))
      },
      onError: (error) => void notifyFailure(t('notResent'), error),
    })
  const withdraw = async () => {
    await withdrawal.mutateAsync(id)
    await notifyDone(t('withdrawn', { email }))
  }
  return (
    <Group justify="flex-end" gap="xs">
      <Button size="xs" variant="default" loading={resend.isPending} onClick={send}>
        {t('resend')}
      </Button>
      <ConfirmButton
        size="xs"
        label={t('withdraw')}
        title={t('withdrawTitle', { email })}
        text={t('withdrawText')}
        confirmLabel={t('withdraw')}
        isDangerous
        onConfirm={withdraw}
        isPending={withdrawal.isPending}
        error={withdrawal.error}
      />
    </Group>
  )
}

function InvitationRow({ invitation, onLink }: InvitationRowProps): ReactNode {
  const t = useTranslations('members.invitations')
  const c = useTranslations('common')
  const format = useFormatter()
  return (
    <tr>
      <td>
        <Text size="sm" fw={600}>
          {invitation.email}
        </Text>
        {invitation.invited_by !== null && (
          <Text size="xs" c="dimmed">
            {t('invitedBy', { name: invitation.invited_by })}
          </Text>
        )}
      </td>
      <td data-label={t('role')}>{c(`role.${invitation.role}`)}</td>
      <td data-label={t('state')}>
        <MailState {...invitation} />
      </td>
      <td data-label={t('expires')}>{format.dateTime(new Date(invitation.expires_at), { dateStyle: 'medium' })}</td>
      <td>
        <Actions invitation={invitation} onLink={onLink} />
      </td>
    </tr>
  )
}

/** The open invitations, with what became of their mails. Nothing is shown if there are none. */
export function InvitationsTable({ onLink }: Pick<InvitationRowProps, 'onLink'>): ReactNode {
  const t = useTranslations('members.invitations')
  const query = useInvitations()
  const open = entriesOf(query.data)
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (open.length === 0) return null
  return (
    <Panel heading={t('heading')} text={t('text')}>
      <ListTable
        caption={t('heading')}
        columns={[t('person'), t('role'), t('state'), t('expires')]}
        actions={t('actions')}
      >
        {open.map((invitation) => (
          <InvitationRow key={invitation.id} invitation={invitation} onLink={onLink} />
        ))}
      </ListTable>
      <MoreButton
        hasNextPage={query.hasNextPage}
        isFetchingNextPage={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
      />
    </Panel>
  )
}
