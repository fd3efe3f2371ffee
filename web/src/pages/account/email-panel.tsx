import { Alert, Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconMail, IconMailForward } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { fieldErrors, isCode } from '../../api/errors.ts'
import type { Profile } from '../../api/types.ts'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useCancelEmailChange, useChangeEmail, useResendVerification } from '../../queries/me.ts'
import { useSession } from '../../queries/session.ts'
import { isEmail } from '../auth/check.ts'
import { otherError, useSensitive } from './use-sensitive.tsx'

function Unverified({ email }: { email: string }): ReactNode {
  const t = useTranslations('account.email')
  const resend = useResendVerification()
  return (
    <Alert
      color="yellow"
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      variant="light"
      icon={<IconMail aria-hidden />}
      title={t('unverifiedTitle')}
    >
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{t('unverifiedText', { email })}</Text>
        {resend.error && <ErrorState error={resend.error} />}
        <Group>
          <Button size="xs" variant="default" loading={resend.isPending} onClick={() => resend.mutate()}>
            {t('resend')}
          </Button>
          <Text size="sm" component="output" aria-live="polite">
            {resend.isSuccess && t('resent')}
          </Text>
        </Group>
      </Stack>
    </Alert>
  )
}

function Pending({ address }: { address: string }): ReactNode {
  const t = useTranslations('account.email')
  const cancel = useCancelEmailChange()
  return (
    <Alert
      color="blue"
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      variant="light"
      icon={<IconMailForward aria-hidden />}
      title={t('pendingTitle')}
    >
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{t('pendingText', { address })}</Text>
        {cancel.error && <ErrorState error={cancel.error} />}
        <Button size="xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('giveUp')}
        </Button>
      </Stack>
    </Alert>
  )
}

function ChangeForm(): ReactNode {
  const t = useTranslations('account.email')
  const change = useChangeEmail()
  const { run, dialog } = useSensitive()
  const fields = useFields({ email: '' }, ({ email }) => ({ ...(!isEmail(email) && { email: t('check') }) }))
  const send = fields.submit(({ email }) =>
    run(() =>
      change.mutateAsync(email.trim(), {
        onSuccess: () => fields.set({ email: '' }),
        onError: (error) => fields.refuse(isCode(error, 'email_taken') ? { email: t('taken') } : fieldErrors(error)),
      }),
    ),
  )
  const isOfField = isCode(change.error, 'email_taken') || Object.keys(fieldErrors(change.error)).length > 0
  const error = isOfField ? null : otherError(change.error)
  return (
    <form onSubmit={send} noValidate aria-label={t('change')}>
      <Stack maw={480}>
        {error !== null && <ErrorState error={error} />}
        <TextInput
          label={t('newAddress')}
          description={t('newHint')}
          type="email"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...fields.bind('email')}
        />
        <Group>
          <Button type="submit" variant="default" loading={change.isPending}>
            {t('change')}
          </Button>
        </Group>
      </Stack>
      {dialog}
    </form>
  )
}

/** The person's address: whether it is verified, and how to change it. */
export function EmailPanel({ profile }: { profile: Profile }): ReactNode {
  const t = useTranslations('account.email')
  const { user, new_email: pending } = profile
  const { data: session } = useSession()
  // a person in no account has no session's answer: there the server says why it sends nothing
  const sendsMail = session?.sends_mail ?? true
  return (
    <Panel heading={t('heading')} text={t('text')}>
      <Group gap="sm">
        <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
          {user.email}
        </Text>
        {user.email_verified && (
          <Badge styles={{ label: { color: 'var(--mantine-color-text)' } }} color="green" variant="light">
            {t('verified')}
          </Badge>
        )}
      </Group>
      {!user.email_verified && sendsMail && <Unverified email={user.email} />}
      {pending !== null && <Pending address={pending} />}
      <ChangeForm />
    </Panel>
  )
}
