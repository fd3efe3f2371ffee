import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import { fieldErrors } from '../../api/errors.ts'
import type { Invitation, Role } from '../../api/types.ts'
import { CopyField } from '../../components/copy-field.tsx'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useInvite } from '../../queries/members.ts'
import { isEmail } from '../auth/check.ts'

type Invitable = Exclude<Role, 'owner'>
const INVITABLE: Invitable[] = ['viewer', 'editor', 'admin']

/** The token is in the URL's fragment, so that it reaches no server, log or referrer. */
const linkOf = (token: string) => `${window.location.origin}/invitation#token=${encodeURIComponent(token)}`

function Made({ invitation, onAnother }: { invitation: Invitation; onAnother: () => void }): ReactNode {
  const t = useTranslations('members.invite')
  const format = useFormatter()
  const when = format.dateTime(new Date(invitation.expires_at), { dateStyle: 'long', timeStyle: 'short' })
  return (
    <Stack gap="sm" aria-live="polite">
      <Text fw={600}>{t('madeTitle', { email: invitation.email })}</Text>
      <CopyField label={t('link')} value={linkOf(invitation.token)} />
      <Text size="sm" c="dimmed">
        {t('madeText', { when })}
      </Text>
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

/** Creates an invitation and shows its link once. */
export function InvitePanel(): ReactNode {
  const t = useTranslations('members.invite')
  const invite = useInvite()
  return (
    <Panel heading={t('heading')} text={t('text')}>
      {invite.data ? <Made invitation={invite.data} onAnother={invite.reset} /> : <InviteForm invite={invite} />}
    </Panel>
  )
}
