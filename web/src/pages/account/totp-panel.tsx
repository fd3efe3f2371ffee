import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Profile } from '../../api/types.ts'
import { PartSkeleton } from '../../components/page-skeleton.tsx'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useRemoveTotp, useRenewRecoveryCodes, useSetUpTotp } from '../../queries/me.ts'
import { PasswordField } from './password-field.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

const TotpSetupSteps = lazy(() => import('./totp-setup.tsx'))

interface PasswordFormProps {
  label: string
  isDangerous?: boolean
  isPending: boolean
  error: unknown
  onSend: (password: string) => void
  onCancel: () => void
}

/** Asks for the password that this change needs. */
function PasswordForm({ label, isDangerous, isPending, error, onSend, onCancel }: PasswordFormProps): ReactNode {
  const t = useTranslations('account.confirm')
  const c = useTranslations('common')
  const fields = useFields({ password: '' }, ({ password }) => ({ ...(password === '' && { password: t('check') }) }))
  return (
    <form onSubmit={fields.submit(({ password }) => onSend(password))} noValidate aria-label={label}>
      <Stack maw={480}>
        {error !== null && error !== undefined && <ErrorState error={error} />}
        <PasswordField label={t('password')} autoComplete="current-password" {...fields.bind('password')} />
        <Group>
          <Button type="submit" loading={isPending} {...(isDangerous && { color: 'red.9' })}>
            {label}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {c('cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function SetUp(): ReactNode {
  const t = useTranslations('account.totp')
  const setUp = useSetUpTotp()
  const [isAsked, setAsked] = useState(false)
  const stop = () => {
    setUp.reset()
    setAsked(false)
  }
  if (setUp.data)
    return (
      <Suspense fallback={<PartSkeleton />}>
        <TotpSetupSteps setup={setUp.data} onCancel={stop} />
      </Suspense>
    )
  if (isAsked)
    return (
      <PasswordForm
        label={t('start')}
        isPending={setUp.isPending}
        error={setUp.error}
        onSend={(password) => setUp.mutate(password)}
        onCancel={stop}
      />
    )
  return (
    <Group>
      <Button onClick={() => setAsked(true)}>{t('setUp')}</Button>
    </Group>
  )
}

function Manage({ left }: { left: number }): ReactNode {
  const t = useTranslations('account.totp')
  const [asked, setAsked] = useState<'renew' | 'remove' | null>(null)
  const [renew, remove] = [useRenewRecoveryCodes(), useRemoveTotp()]
  const close = () => {
    setAsked(null)
    renew.reset()
    remove.reset()
  }
  if (renew.data) return <RecoveryCodes codes={renew.data.recovery_codes} onDone={close} />
  return (
    <Stack>
      <Text size="sm">{t('codesLeft', { left })}</Text>
      {asked === null && (
        <Group>
          <Button variant="default" onClick={() => setAsked('renew')}>
            {t('renew')}
          </Button>
          <Button variant="default" onClick={() => setAsked('remove')}>
            {t('remove')}
          </Button>
        </Group>
      )}
      {asked === 'renew' && (
        <PasswordForm
          label={t('renew')}
          isPending={renew.isPending}
          error={renew.error}
          onSend={(password) => renew.mutate(password)}
          onCancel={close}
        />
      )}
      {asked === 'remove' && (
        <PasswordForm
          label={t('remove')}
          isDangerous
          isPending={remove.isPending}
          error={remove.error}
          onSend={(password) => remove.mutate(password)}
          onCancel={close}
        />
      )}
    </Stack>
  )
}

/** The authenticator app and its recovery codes. */
export function TotpPanel({ profile }: { profile: Profile }): ReactNode {
  const t = useTranslations('account.totp')
  const state = (
    <Badge
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      color={profile.totp ? 'green' : 'gray'}
      variant="light"
    >
      {profile.totp ? t('on') : t('off')}
    </Badge>
  )
  return (
    <Panel heading={t('heading')} text={t('text')} actions={state}>
      {profile.totp ? <Manage left={profile.recovery_codes_left ?? 0} /> : <SetUp />}
    </Panel>
  )
}
