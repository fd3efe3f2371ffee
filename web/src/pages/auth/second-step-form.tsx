import { Anchor, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { isCode } from '../../api/errors.ts'
import type { SecondStepCode } from '../../api/types.ts'
import { useFields } from '../../components/use-fields.ts'
import { useSecondStep } from '../../queries/auth.ts'
import { FormError, SubmitButton } from './auth-form.tsx'
import { useWait } from './use-wait.ts'

/** Asks for a code of the authenticator app, or for a recovery code. */
export function SecondStepForm({ challenge, onBack }: { challenge: string; onBack: () => void }): ReactNode {
  const t = useTranslations('auth.second')
  const step = useSecondStep()
  const waitS = useWait(step.error)
  const [method, setMethod] = useState<SecondStepCode['method']>('totp')
  const isTotp = method === 'totp'
  const fields = useFields({ code: '' }, ({ code }) => ({ ...(code.trim() === '' && { code: t('check') }) }))
  const send = fields.submit(({ code }) => step.mutate({ challenge, method, code: code.trim() }))
  const choose = () => {
    setMethod(isTotp ? 'recovery_code' : 'totp')
    fields.set({ code: '' })
    step.reset()
  }
  return (
    <form onSubmit={send} noValidate aria-label={t('title')}>
      <Stack>
        <Text>{isTotp ? t('text') : t('recoveryText')}</Text>
        <FormError error={step.error} />
        <TextInput
          key={method}
          label={isTotp ? t('code') : t('recoveryCode')}
          autoComplete={isTotp ? 'one-time-code' : 'off'}
          autoCapitalize="none"
          spellCheck={false}
          data-autofocus
          // oxlint-disable-next-line jsx-a11y/no-autofocus -- the page has just become this one question
          autoFocus
          {...(isTotp && { inputMode: 'numeric' as const })}
          {...fields.bind('code')}
        />
        {!isCode(step.error, 'second_step_over') && (
          <SubmitButton label={t('send')} loading={step.isPending} waitS={waitS} />
        )}
        <Anchor component="button" type="button" size="sm" onClick={choose} underline="always">
          {isTotp ? t('useRecovery') : t('useApp')}
        </Anchor>
        <Anchor component="button" type="button" size="sm" onClick={onBack} underline="always">
          {t('back')}
        </Anchor>
      </Stack>
    </form>
  )
}
