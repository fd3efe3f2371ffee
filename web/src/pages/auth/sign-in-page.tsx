import { Button, Stack, Text, TextInput } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Redirect } from 'wouter'
import { useTranslations } from 'use-intl'
import { fieldErrors } from '../../api/errors.ts'
import { hasPasskeys, PasskeyCancelled } from '../../api/passkeys.ts'
import { useFields } from '../../components/use-fields.ts'
import { useAuthOptions, useDemoSignIn, usePasskeySignIn, useSignIn } from '../../queries/auth.ts'
import { useSession } from '../../queries/session.ts'
import { FormError, LinkAlong, OtherForm, PasswordField, SubmitButton, useReturn } from './auth-form.tsx'
import { AuthLayout } from './auth-layout.tsx'
import classes from './auth.module.css'
import { isEmail } from './check.ts'
import { isInvitation } from './return-path.ts'
import { SecondStepForm } from './second-step-form.tsx'
import { useWait } from './use-wait.ts'

function SignInForm({ signIn }: { signIn: ReturnType<typeof useSignIn> }): ReactNode {
  const t = useTranslations('auth')
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
        <LinkAlong to="/forgot-password">{t('forgot.link')}</LinkAlong>
      </Stack>
    </form>
  )
}

/** Signs in with a passkey, where the browser has them. */
function PasskeyWay(): ReactNode {
  const t = useTranslations('auth')
  const passkey = usePasskeySignIn()
  if (!hasPasskeys()) return null
  const isCancelled = passkey.error instanceof PasskeyCancelled
  return (
    <Stack gap="sm">
      <div className={classes.or}>{t('or')}</div>
      {!isCancelled && <FormError error={passkey.error} />}
      <Button
        variant="default"
        size="md"
        fullWidth
        leftSection={<IconKey size={18} aria-hidden />}
        loading={passkey.isPending}
        onClick={() => passkey.mutate()}
      >
        {t('passkey')}
      </Button>
      <Text size="sm" c="dimmed" ta="center" component="output" aria-live="polite">
        {isCancelled && t('passkeyCancelled')}
      </Text>
    </Stack>
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
  const signIn = useSignIn()
  if (session) return <Redirect to={path} replace />
  if (signIn.data && 'second_step' in signIn.data)
    return (
      <AuthLayout title={t('second.title')}>
        <Stack gap="lg">
          <SecondStepForm challenge={signIn.data.second_step.challenge} onBack={signIn.reset} />
          <PasskeyWay />
        </Stack>
      </AuthLayout>
    )
  const hint = isInvitation(path) ? t('forInvitation') : t('cameFrom')
  return (
    <AuthLayout title={t('title')} description={state.from === undefined ? undefined : hint}>
      <Stack gap="lg">
        <SignInForm signIn={signIn} />
        <PasskeyWay />
        <DemoWay />
        <OtherForm question={t('noAccount')} label={t('toSignUp')} to="/sign-up" />
      </Stack>
    </AuthLayout>
  )
}
