import { Button, Stack, Text, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { Redirect } from 'wouter'
import { useTranslations } from 'use-intl'
import { fieldErrors } from '../../api/errors.ts'
import { useFields } from '../../components/use-fields.ts'
import { useAuthOptions, useDemoSignIn, useSignIn } from '../../queries/auth.ts'
import { useSession } from '../../queries/session.ts'
import { FormError, OtherForm, PasswordField, SubmitButton, useReturn } from './auth-form.tsx'
import { AuthLayout } from './auth-layout.tsx'
import classes from './auth.module.css'
import { isEmail } from './check.ts'
import { isInvitation } from './return-path.ts'
import { useWait } from './use-wait.ts'

function SignInForm(): ReactNode {
  const t = useTranslations('auth')
  const signIn = useSignIn()
  const waitS = useWait(signIn.error)
  const fields = useFields({ email: '', password: '' }, ({ email, password }) => ({
    ...(!isEmail(email) && { email: t('check.email') }),
    ...(password === '' && { password: t('check.password') }),
  }))
  const send = fields.submit(({ email, password }) =>
    signIn.mutate({ email: email.trim(), password }, { onError: (error) => fields.refuse(fieldErrors(error)) }),
  )
  const isOfFields = Object.keys(fieldErrors(signIn.error)).length > 0
  return (
    <form onSubmit={send} noValidate aria-label={t('title')}>
      <Stack>
        {!isOfFields && <FormError error={signIn.error} />}
        <TextInput
          label={t('email')}
          type="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          {...fields.bind('email')}
        />
        <PasswordField label={t('password')} autoComplete="current-password" {...fields.bind('password')} />
        <SubmitButton label={t('signIn')} loading={signIn.isPending} waitS={waitS} />
      </Stack>
    </form>
  )
}

/** Signs in as the demo user, if the server has one. */
function DemoWay(): ReactNode {
  const t = useTranslations('auth')
  const options = useAuthOptions()
  const demo = useDemoSignIn()
  if (!options.data?.demo) return null
  return (
    <Stack gap="sm">
      <div className={classes.or}>{t('or')}</div>
      <FormError error={demo.error} />
      <Button variant="default" size="md" fullWidth loading={demo.isPending} onClick={() => demo.mutate()}>
        {t('demo')}
      </Button>
      <Text size="sm" c="dimmed" ta="center">
        {t('demoHint')}
      </Text>
    </Stack>
  )
}

export default function SignInPage(): ReactNode {
  const t = useTranslations('auth')
  const { data: session } = useSession()
  const { state, path } = useReturn()
  if (session) return <Redirect to={path} replace />
  const hint = isInvitation(path) ? t('forInvitation') : t('cameFrom')
  return (
    <AuthLayout title={t('title')} description={state.from === undefined ? undefined : hint}>
      <Stack gap="lg">
        <SignInForm />
        <DemoWay />
        <OtherForm question={t('noAccount')} label={t('toSignUp')} to="/sign-up" />
      </Stack>
    </AuthLayout>
  )
}
