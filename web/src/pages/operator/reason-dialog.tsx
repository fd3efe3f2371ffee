import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, type SubmitEvent, useState } from 'react'
import { useTranslations } from 'use-intl'
import { isCode } from '../../api/errors.ts'
import { ErrorState } from '../../components/states.tsx'
import { useConfirmPassword } from '../../queries/me.ts'

const MOST_CHARACTERS = 200

export interface Question {
  /** Heading of the dialog, and what will happen. */
  title: string
  text: string
  /** Label of the button that does it. */
  confirmLabel: string
  isDangerous?: boolean
  /** Does it. @returns what came of it, in words */
  act: (reason: string) => Promise<string>
}

type Answers = Record<'reason' | 'password', string>

/** What is sent: the password first, if the sign-in is too long ago. */
function useAct({ act }: Question) {
  const confirm = useConfirmPassword()
  const [outcome, setOutcome] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [isPending, setPending] = useState(false)
  const [needsPassword, setNeedsPassword] = useState(false)
  const send = async ({ reason, password }: Answers) => {
    setPending(true)
    setError(null)
    try {
      if (needsPassword) await confirm.mutateAsync(password)
      setNeedsPassword(false)
      setOutcome(await act(reason))
    } catch (caught) {
      if (isCode(caught, 'recent_sign_in_required')) setNeedsPassword(true)
      else setError(caught)
    } finally {
      setPending(false)
    }
  }
  return { outcome, error, isPending, needsPassword, send }
}

function Done({ outcome, onClose }: { outcome: string; onClose: () => void }): ReactNode {
  const c = useTranslations('common')
  return (
    <Stack>
      <Text component="output">{outcome}</Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {c('close')}
        </Button>
      </Group>
    </Stack>
  )
}

/** Asks why, and does it. Asks for the password, too, if the sign-in is too long ago; what was typed stays. */
export default function ReasonDialog(props: Question & { onClose: () => void }): ReactNode {
  const { title, text, confirmLabel, isDangerous = false, onClose } = props
  const t = useTranslations('operator.action')
  const c = useTranslations('common')
  const { outcome, error, isPending, needsPassword, send } = useAct(props)
  const [answers, setAnswers] = useState<Answers>({ reason: '', password: '' })
  const [isChecked, setChecked] = useState(false)
  const change = (name: keyof Answers, value: string) => setAnswers((before) => ({ ...before, [name]: value }))
  const isMissing = answers.reason.trim() === ''
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    setChecked(true)
    if (!isMissing) void send({ ...answers, reason: answers.reason.trim() })
  }
  return (
    <Modal opened onClose={onClose} title={title} centered closeButtonProps={{ 'aria-label': c('close') }}>
      {outcome === null ? (
        <form onSubmit={submit} noValidate aria-label={title}>
          <Stack>
            <Text size="sm">{text}</Text>
            {error !== null && <ErrorState error={error} />}
            <TextInput
              label={t('reason')}
              description={t('reasonHint')}
              value={answers.reason}
              maxLength={MOST_CHARACTERS}
              error={isChecked && isMissing ? t('reasonMissing') : null}
              onChange={({ currentTarget }) => change('reason', currentTarget.value)}
              data-autofocus
            />
            {needsPassword && (
              <PasswordInput
                label={t('password')}
                description={t('passwordHint')}
                autoComplete="current-password"
                value={answers.password}
                onChange={({ currentTarget }) => change('password', currentTarget.value)}
              />
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {c('cancel')}
              </Button>
              <Button type="submit" loading={isPending} {...(isDangerous && { color: 'red.9' })}>
                {confirmLabel}
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Done outcome={outcome} onClose={onClose} />
      )}
    </Modal>
  )
}
