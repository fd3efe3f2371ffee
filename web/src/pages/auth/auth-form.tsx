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

/** The page the person came from (history state), to return to after signing in. */
export function useReturn(): { state: CameFrom; path: string } {
  const state = useHistoryState<CameFrom | null>() ?? {}
  return { state, path: returnPath(state.from) }
}

/** A password field with a show button that works by keyboard too. */
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

/** Waits longer than this are shown in minutes. */
const MOST_SECONDS = 90

/** Submit button. It shows the remaining time while the API asks to wait. */
export function SubmitButton({ label, waitS, ...button }: ButtonProps & { label: string; waitS: number }): ReactNode {
  const t = useTranslations('auth')
  const wait =
    waitS > MOST_SECONDS ? t('waitMinutes', { minutes: Math.ceil(waitS / 60) }) : t('wait', { seconds: waitS })
  return (
    <Button type="submit" fullWidth size="md" {...button} disabled={waitS > 0} data-numeric>
      {waitS > 0 ? wait : label}
    </Button>
  )
}

/** A refusal that no field caused. */
export function FormError({ error }: { error: unknown }): ReactNode {
  return error === null || error === undefined ? null : <ErrorState error={error} />
}

/** A link that passes on the page the person came from. */
export function LinkAlong({ to, children }: { to: string; children: ReactNode }): ReactNode {
  const { state } = useReturn()
  return (
    <Anchor inherit underline="always" renderRoot={(props) => <Link to={to} state={state} {...props} />}>
      {children}
    </Anchor>
  )
}

/** Link to the other form. It passes on the page the person came from. */
export function OtherForm({ question, label, to }: { question: string; label: string; to: string }): ReactNode {
  return (
    <Text ta="center" size="sm">
      {question} <LinkAlong to={to}>{label}</LinkAlong>
    </Text>
  )
}
