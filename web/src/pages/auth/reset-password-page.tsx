import { Alert, Button, Stack } from '@mantine/core'
import { IconLockCheck, IconMailOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import { useFields } from '../../components/use-fields.ts'
import { useResetPassword } from '../../queries/auth.ts'
import { FormError, PasswordField, SubmitButton } from './auth-form.tsx'
import { AuthLayout } from './auth-layout.tsx'
import { isNewPassword } from './check.ts'
import { useLinkToken } from './link-token.ts'
import { usePasswordRefusal } from './password-refusal.ts'
import { useWait } from './use-wait.ts'

function NewPasswordForm({ token }: { token: string }): ReactNode {
  const t = useTranslations('auth')
  const reset = useResetPassword()
  const waitS = useWait(reset.error)
  const refusalOf = usePasswordRefusal()
  const fields = useFields({ password: '' }, ({ password }) => ({
    ...(!isNewPassword(password) && { password: t('check.newPassword') }),
  }))
  const show = (error: unknown) => {
    const password = refusalOf(error)
    if (password !== null) fields.refuse({ password })
  }
  const send = fields.submit(({ password }) => reset.mutate({ token, password }, { onError: show }))
  if (reset.isSuccess)
    return (
      <Stack>
        <Alert
          color="green"
          styles={{ label: { color: 'var(--mantine-color-text)' } }}
          variant="light"

          icon={<IconLockCheck aria-hidden />}
          title={t('reset.done')}
        >
          {t('reset.doneText')}
        </Alert>
        <Button component={Link} to="/sign-in">
          {t('signIn')}
        </Button>
      </Stack>
    )
  return (
    <form onSubmit={send} noValidate aria-label={t('reset.title')}>
      <Stack>
        {refusalOf(reset.error) === null && <FormError error={reset.error} />}
        <PasswordField
          label={t('reset.password')}
          description={t('passwordHint')}
          autoComplete="new-password"
          {...fields.bind('password')}
        />
        <SubmitButton label={t('reset.send')} loading={reset.isPending} waitS={waitS} />
      </Stack>
    </form>
  )
}

export default function ResetPasswordPage(): ReactNode {
  const t = useTranslations('auth')
  const token = useLinkToken()
  return (
    <AuthLayout title={t('reset.title')} description={t('reset.text')}>
      {token === null ? (
        <Stack>
          <Alert color="red" variant="light" role="alert" icon={<IconMailOff aria-hidden />} title={t('reset.missing')}>
            {t('verify.missingText')}
          </Alert>
          <Button component={Link} to="/forgot-password">
            {t('forgot.title')}
          </Button>
        </Stack>
      ) : (
        <NewPasswordForm token={token} />
      )}
    </AuthLayout>
  )
}
