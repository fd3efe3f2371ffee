import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { isCode } from '../../api/errors.ts'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useConfirmPassword } from '../../queries/me.ts'
import { PasswordField } from './password-field.tsx'

interface Sensitive {
  /** Runs a change. If it needs the password, asks for it first, and runs the change again. */
  run: (change: () => Promise<unknown>) => void
  /** The question for the password; nothing while it isn't needed. */
  dialog: ReactNode
}

function PasswordQuestion({ onConfirmed, onClose }: { onConfirmed: () => void; onClose: () => void }): ReactNode {
  const t = useTranslations('account.confirm')
  const c = useTranslations('common')
  const confirm = useConfirmPassword()
  const fields = useFields({ password: '' }, ({ password }) => ({ ...(password === '' && { password: t('check') }) }))
  const send = fields.submit(({ password }) => confirm.mutate(password, { onSuccess: onConfirmed }))
  return (
    <Modal opened onClose={onClose} title={t('title')} centered closeButtonProps={{ 'aria-label': c('close') }}>
      <form onSubmit={send} noValidate aria-label={t('title')}>
        <Stack>
          <Text>{t('text')}</Text>
          {confirm.error && <ErrorState error={confirm.error} />}
          <PasswordField
            label={t('password')}
            autoComplete="current-password"
            data-autofocus
            {...fields.bind('password')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {c('cancel')}
            </Button>
            <Button type="submit" loading={confirm.isPending}>
              {t('go')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

/** For changes that the API allows only shortly after the password was typed. What the person has typed stays. */
export function useSensitive(): Sensitive {
  const [waiting, setWaiting] = useState<(() => Promise<unknown>) | null>(null)
  const run = (change: () => Promise<unknown>) => {
    // other errors are shown where the change belongs
    change().catch((error: unknown) => {
      if (isCode(error, 'recent_sign_in_required')) setWaiting(() => change)
    })
  }
  const again = () => {
    const change = waiting
    setWaiting(null)
    if (change) run(change)
  }
  return {
    run,
    dialog: waiting && <PasswordQuestion onConfirmed={again} onClose={() => setWaiting(null)} />,
  }
}

/** An error that the question for the password doesn't answer. */
export const otherError = (error: unknown): unknown => (isCode(error, 'recent_sign_in_required') ? null : error)
