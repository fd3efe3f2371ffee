import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ErrorState } from './states.tsx'

export interface Question {
  /** Heading of the dialog, and what will happen. */
  title: string
  text: ReactNode
  /** Label of the confirm button. */
  confirmLabel: string
  /** Label of the cancel button; "Cancel" by default. */
  cancelLabel?: string
  isDangerous?: boolean
  /** The dialog closes when this resolves, and shows the error when it rejects. */
  onConfirm: () => Promise<unknown>
  isPending: boolean
  error: unknown
}

/** The dialog of a {@link ConfirmButton}. */
export default function ConfirmDialog(props: Question & { isOpen: boolean; onClose: () => void }): ReactNode {
  const { title, text, confirmLabel, isDangerous = false, onConfirm, isPending, error, isOpen, onClose } = props
  const t = useTranslations('common')
  const { cancelLabel = t('cancel') } = props
  const confirm = () => {
    // the error is already in `error`
    onConfirm().then(onClose, () => undefined)
  }
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} centered closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack>
        <Text component="div">{text}</Text>
        {error !== null && error !== undefined && <ErrorState error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {cancelLabel}
          </Button>
          <Button {...(isDangerous && { color: 'red.9' })} loading={isPending} onClick={confirm} data-autofocus>
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
