import { Button, type ButtonProps, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ErrorState } from './states.tsx'

interface ConfirmButtonProps extends Pick<ButtonProps, 'variant' | 'color' | 'size' | 'leftSection' | 'disabled'> {
  label: string
  /** Heading of the question, and what will happen. */
  title: string
  text: ReactNode
  /** What the button that does it says. */
  confirmLabel: string
  isDangerous?: boolean
  /** Closes the dialog when it resolves; what it throws is shown in it. */
  onConfirm: () => Promise<unknown>
  isPending: boolean
  error: unknown
}

/** A button for what can't be undone: it asks first. The focus returns to it afterwards. */
export function ConfirmButton(props: ConfirmButtonProps): ReactNode {
  const { label, title, text, confirmLabel, isDangerous = false, onConfirm, isPending, error, ...button } = props
  const t = useTranslations('common')
  const [isOpen, dialog] = useDisclosure(false)
  const confirm = () => {
    // the error is in `error` already
    onConfirm().then(dialog.close, () => undefined)
  }
  return (
    <>
      <Button variant="default" {...button} onClick={dialog.open}>
        {label}
      </Button>
      <Modal
        opened={isOpen}
        onClose={dialog.close}
        title={title}
        centered
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Stack>
          <Text component="div">{text}</Text>
          {error !== null && error !== undefined && <ErrorState error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close}>
              {t('cancel')}
            </Button>
            <Button {...(isDangerous && { color: 'red.9' })} loading={isPending} onClick={confirm} data-autofocus>
              {confirmLabel}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
