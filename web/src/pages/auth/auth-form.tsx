import { Anchor, Button, type ButtonProps, PasswordInput, type PasswordInputProps, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useHistoryState } from 'wouter/use-browser-location'
import { useTranslations } from 'use-intl'
import { ErrorState } from '../../components/states.tsx'
import { returnPath } from './return-path.ts'

interface CameFrom {
  from?: unknown
}

/** Where the person came from, as the history has it, and where to go afterwards. */
export function useReturn(): { state: CameFrom; path: string } {
  const state = useHistoryState<CameFrom | null>() ?? {}
  return { state, path: returnPath(state.from) }
}

/** A password that can be looked at while it is typed; the button that shows it is reached by keyboard too. */
export function PasswordField(props: PasswordInputProps): ReactNode {
  const t = useTranslations('auth')
  return (
    <PasswordInput
      visibilityToggleFocusable
      visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
      {...props}
    />
  )
}

/** The button of a form; while the API asks to be left alone it says for how long. */
export function SubmitButton({ label, waitS, ...button }: ButtonProps & { label: string; waitS: number }): ReactNode {
  const t = useTranslations('auth')
  return (
    <Button type="submit" fullWidth size="md" {...button} disabled={waitS > 0} data-numeric>
      {waitS > 0 ? t('wait', { seconds: waitS }) : label}
    </Button>
  )
}

/** What was refused, where no field is to blame. */
export function FormError({ error }: { error: unknown }): ReactNode {
  return error === null || error === undefined ? null : <ErrorState error={error} />
}

/** A link that takes along where one came from. */
export function LinkAlong({ to, children }: { to: string; children: ReactNode }): ReactNode {
  const { state } = useReturn()
  return (
    <Anchor inherit underline="always" renderRoot={(props) => <Link to={to} state={state} {...props} />}>
      {children}
    </Anchor>
  )
}

/** The way to the other form; where one came from goes along. */
export function OtherForm({ question, label, to }: { question: string; label: string; to: string }): ReactNode {
  return (
    <Text ta="center" size="sm">
      {question} <LinkAlong to={to}>{label}</LinkAlong>
    </Text>
  )
}
