import { Alert, Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { fieldErrors } from '../../api/errors.ts'
import type { InvitationSent, Role } from '../../api/types.ts'
import { CopyField } from '../../components/copy-field.tsx'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useProblemText } from '../../components/use-problem-text.ts'
import { useInvite } from '../../queries/members.ts'
import { isEmail } from '../auth/check.ts'
import { InvitationsTable } from './invitations-table.tsx'
import { MOMENT } from '../../components/relative-time.tsx'

type Invitable = Exclude<Role, 'owner'>
const INVITABLE: Invitable[] = ['viewer', 'editor', 'admin']

/** The token is in the URL's fragment, so that it reaches no server, log or referrer. */
const linkOf = (token: string) => `${window.location.origin}/invitation#token=${encodeURIComponent(token)}`

/** The link, shown once, where the server has no e-mail. */
function ShownLink({ email, token, when }: { email: string; token: string; when: string }): ReactNode {
  const t = useTranslations('members.invite')
  return (
    <>
      <Text fw={600}>{t('madeTitle', { email })}</Text>
      <CopyField label={t('link')} value={linkOf(token)} />
      <Text size="sm" c="dimmed">
        {t('madeText', { when })}
      </Text>
    </>
  )
}

function Mailed({ invitation: { email, mail_error: error }, when }: { invitation: InvitationSent; when: string }) {
  const t = useTranslations('members.invite')
  const textOf = useProblemText()
  if (!error) return <Text>{t('mailed', { email, when })}</Text>
  const { title, fix } = textOf(error)
  return <Alert color="red" title={t('notMailed', { email })}>{`${title}. ${fix}`}</Alert>
}

function Made({ invitation, onAnother }: { invitation: InvitationSent; onAnother: () => void }): ReactNode {
  const t = useTranslations('members.invite')
  const format = useFormatter()
  const { email, token, expires_at: expiresAt } = invitation
  const when = format.dateTime(new Date(expiresAt), MOMENT)
  return (
    <Stack gap="sm" aria-live="polite">
      {token === null ? (
        <Mailed invitation={invitation} when={when} />
      ) : (
        <ShownLink email={email} token={token} when={when} />
      )}
      <Group>
        <Button variant="default" onClick={onAnother}>
          {t('another')}
        </Button>
      </Group>
    </Stack>
  )
}

function InviteForm({ invite }: { invite: ReturnType<typeof useInvite> }): ReactNode {
  const t = useTranslations('members.invite')
  const m = useTranslations('members.may')
  const c = useTranslations('common')
  const fields = useFields({ email: '', role: 'editor' }, ({ email }) => ({
    ...(!isEmail(email) && { email: t('check') }),
  }))
  const role = fields.values.role as Invitable
  const send = fields.submit(({ email }) =>
    invite.mutate({ email: email.trim(), role }, { onError: (error) => fields.refuse(fieldErrors(error)) }),
  )
  const isOfFields = Object.keys(fieldErrors(invite.error)).length > 0
  return (
    <form onSubmit={send} noValidate aria-label={t('heading')}>
      <Stack gap="sm">
        {invite.error && !isOfFields && <ErrorState error={invite.error} />}
        <Group align="flex-start">
          <TextInput
            flex="1 1 240px"
            label={t('email')}
            type="email"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            {...fields.bind('email')}
          />
          <NativeSelect
            w={180}
            label={t('role')}
            data={INVITABLE.map((value) => ({ value, label: c(`role.${value}`) }))}
            {...fields.bind('role')}
          />
          <Button type="submit" loading={invite.isPending} mt={25}>
            {t('send')}
          </Button>
        </Group>
        <Text size="sm" c="dimmed" aria-live="polite">
          {c(`role.${role}`)}
          {': '}
          {m(role)}.
        </Text>
      </Stack>
    </form>
  )
}

/** Invites somebody, and shows the open invitations. A link that was not mailed is shown once. */
export function InvitePanel(): ReactNode {
  const t = useTranslations('members.invite')
  const invite = useInvite()
  const [resent, setResent] = useState<InvitationSent | null>(null)
  const made = resent ?? invite.data
  const again = () => {
    setResent(null)
    invite.reset()
  }
  return (
    <>
      <Panel heading={t('heading')} text={t('text')}>
        {made ? <Made invitation={made} onAnother={again} /> : <InviteForm invite={invite} />}
      </Panel>
      <InvitationsTable onLink={setResent} />
    </>
  )
}
