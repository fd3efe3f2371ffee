import { Modal } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ApiKey } from '../../api/types.ts'
import { CreateKeyForm } from './create-key-form.tsx'
import { NewKey } from './new-key.tsx'
import { RotateKeyForm } from './rotate-key-form.tsx'

interface KeyDialogProps {
  /** The key to replace; null to create another one. */
  replaces: ApiKey | null
  onClose: () => void
}

/** Creates a key and shows it once. The dialog then closes only after the person confirms that they saved it. */
export default function KeyDialog({ replaces, onClose }: KeyDialogProps): ReactNode {
  const t = useTranslations('connection.keys')
  const c = useTranslations('common')
  const [plaintext, setPlaintext] = useState<string | null>(null)
  const isShown = plaintext !== null
  const formTitle = replaces ? t('rotateTitle', { name: replaces.name }) : t('createTitle')
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      size="lg"
      title={isShown ? t('createdTitle') : formTitle}
      withCloseButton={!isShown}
      closeOnClickOutside={!isShown}
      closeOnEscape={!isShown}
      closeButtonProps={{ 'aria-label': c('close') }}
    >
      {isShown && <NewKey plaintext={plaintext} isReplacement={replaces !== null} onDone={onClose} />}
      {!isShown && replaces && <RotateKeyForm apiKey={replaces} onMade={setPlaintext} onCancel={onClose} />}
      {!isShown && !replaces && <CreateKeyForm onMade={setPlaintext} onCancel={onClose} />}
    </Modal>
  )
}
