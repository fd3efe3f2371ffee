import { Stack, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { Redirect } from 'wouter'
import { useTranslations } from 'use-intl'
import { fieldErrors, isCode } from '../../api/errors.ts'
import { type Fields, useFields } from '../../components/use-fields.ts'
import { useSignUp } from '../../queries/auth.ts'
import { useSession } from '../../queries/session.ts'
import { FormError, LinkAlong, OtherForm, PasswordField, SubmitButton, useReturn } from './auth-form.tsx'
import { AuthLayout } from './auth-layout.tsx'
import { isEmail, isNewPassword } from './check.ts'
import { usePasswordRefusal } from './password-refusal.ts'
import { isInvitation } from './return-path.ts'
import { useWait } from './use-wait.ts'

const EMPTY = { name: '', account_name: '', email: '', password: '' }

function EmailTaken(): ReactNode {
  const t = useTranslations('auth')
  return (
    <>
      {t('emailTaken')} <LinkAlong to="/sign-in">{t('emailTakenSignIn')}</LinkAlong>
    </>
  )
}

function SignUpInputs({ fields, isTaken }: { fields: Fields<typeof EMPTY>; isTaken: boolean }): ReactNode {
  const t = useTranslations('auth')
  const { path } = useReturn()
  const email = fields.bind('email')
  return (
    <>
      <TextInput label={t('name')} autoComplete="name" maxLength={200} {...fields.bind('name')} />
      {!isInvitation(path) && (
        <TextInput
          label={t('accountName')}
          description={t('accountNameHint')}
          autoComplete="organization"
          maxLength={200}
          {...fields.bind('account_name')}
        />
      )}
      <TextInput
        label={t('email')}
        type="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        {...email}
        error={isTaken ? <EmailTaken /> : email.error}
      />
      <PasswordField
        label={t('password')}
        description={t('passwordHint')}
        autoComplete="new-password"
        {...fields.bind('password')}
      />
    </>
  )
}

function SignUpForm(): ReactNode {
  const t = useTranslations('auth')
  const signUp = useSignUp()
  const waitS = useWait(signUp.error)
  const fields = useFields(EMPTY, ({ name, email, password }) => ({
    ...(name.trim() === '' && { name: t('check.name') }),
    ...(!isEmail(email) && { email: t('check.email') }),
    ...(!isNewPassword(password) && { password: t('check.newPassword') }),
  }))
  const passwordRefusal = usePasswordRefusal()
  const refusalsOf = (error: unknown) => {
    const password = passwordRefusal(error)
    return password === null ? fieldErrors(error) : { password }
  }
  const refused = refusalsOf(signUp.error)
  const takenEmail = isCode(signUp.error, 'email_taken') ? signUp.variables?.email : undefined
  const send = fields.submit(({ name, account_name: account, email, password }) =>
    signUp.mutate(
      { name: name.trim(), email: email.trim(), password, ...(account.trim() && { account_name: account.trim() }) },
      { onError: (error) => fields.refuse(refusalsOf(error)) },
    ),
  )
  const isOfFields = takenEmail !== undefined || Object.keys(refused).length > 0
  return (
    <form onSubmit={send} noValidate aria-label={t('signUpTitle')}>
      <Stack>
        {!isOfFields && <FormError error={signUp.error} />}
        <SignUpInputs fields={fields} isTaken={takenEmail === fields.values.email.trim()} />
        <SubmitButton label={t('signUp')} loading={signUp.isPending} waitS={waitS} />
      </Stack>
    </form>
  )
}

export default function SignUpPage(): ReactNode {
  const t = useTranslations('auth')
  const { data: session } = useSession()
  const { path } = useReturn()
  if (session) return <Redirect to={path} replace />
  return (
    <AuthLayout title={t('signUpTitle')} description={isInvitation(path) ? t('forInvitation') : undefined}>
      <Stack gap="lg">
        <SignUpForm />
        <OtherForm question={t('hasAccount')} label={t('toSignIn')} to="/sign-in" />
      </Stack>
    </AuthLayout>
  )
}
