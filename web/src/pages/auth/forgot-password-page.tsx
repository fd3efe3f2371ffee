import { Alert, Stack, TextInput } from '@mantine/core'
import { IconMailForward } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { fieldErrors } from '../../api/errors.ts'
import { useFields } from '../../components/use-fields.ts'
import { useForgotPassword } from '../../queries/auth.ts'
import { FormError, LinkAlong, SubmitButton } from './auth-form.tsx'
import { AuthLayout } from './auth-layout.tsx'
import { isEmail } from './check.ts'
import { useWait } from './use-wait.ts'

export default function ForgotPasswordPage(): ReactNode {
  const t = useTranslations('auth')
  const forgot = useForgotPassword()
  const waitS = useWait(forgot.error)
  const fields = useFields({ email: '' }, ({ email }) => ({ ...(!isEmail(email) && { email: t('check.email') }) }))
  const send = fields.submit(({ email }) =>
    forgot.mutate(email.trim(), { onError: (error) => fields.refuse(fieldErrors(error)) }),
  )
  return (
    <AuthLayout title={t('forgot.title')} description={t('forgot.text')}>
      <form onSubmit={send} noValidate aria-label={t('forgot.title')}>
        <Stack>
          {Object.keys(fieldErrors(forgot.error)).length === 0 && <FormError error={forgot.error} />}
          {forgot.isSuccess && (
            <Alert
              color="green"
              styles={{ label: { color: 'var(--mantine-color-text)' } }}
              variant="light"

              icon={<IconMailForward aria-hidden />}
              title={t('forgot.sent')}
            >
              {t('forgot.sentText', { email: forgot.variables })}
            </Alert>
          )}
          <TextInput
            label={t('email')}
            type="email"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            {...fields.bind('email')}
          />
          <SubmitButton label={t('forgot.send')} loading={forgot.isPending} waitS={waitS} />
          <LinkAlong to="/sign-in">{t('forgot.back')}</LinkAlong>
        </Stack>
      </form>
    </AuthLayout>
  )
}
