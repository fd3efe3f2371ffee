import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ErrorState } from '../../components/states.tsx'
import { useFields } from '../../components/use-fields.ts'
import { useConfirmPassword } from '../../queries/me.ts'
import { PasswordField } from './password-field.tsx'

/** Asks for the password, before a change that needs it. */
export default function PasswordQuestion({
  onConfirmed,
  onClose,
}: {
  onConfirmed: () => void
  onClose: () => void
}): ReactNode {
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
