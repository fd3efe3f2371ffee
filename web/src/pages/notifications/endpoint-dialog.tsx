import { Modal } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Endpoint } from '../../api/types.ts'
import { ShownOnce } from '../../components/shown-once.tsx'
import { EndpointForm } from './endpoint-form.tsx'
import { RotateSecretForm } from './rotate-secret-form.tsx'

export type EndpointTask = { kind: 'add' } | { kind: 'change' | 'rotate'; endpoint: Endpoint }

/** Adds or changes an endpoint, or replaces its secret. A new secret has to be confirmed as saved. */
export default function EndpointDialog({ task, onClose }: { task: EndpointTask; onClose: () => void }): ReactNode {
  const t = useTranslations('notifications.dialog')
  const c = useTranslations('common')
  const [secret, setSecret] = useState<string | null>(null)
  const titles = {
    add: () => t('addTitle'),
    change: (name: string) => t('changeTitle', { name }),
    rotate: (name: string) => t('rotateOf', { name }),
  }
  const isShown = secret !== null
  const endpoint = task.kind === 'add' ? null : task.endpoint
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      size="lg"
      title={isShown ? t('secretTitle') : titles[task.kind](endpoint?.name ?? '')}
      withCloseButton={!isShown}
      closeOnClickOutside={!isShown}
      closeOnEscape={!isShown}
      closeButtonProps={{ 'aria-label': c('close') }}
    >
      {isShown && (
        <ShownOnce
          text={t('secretText')}
          label={t('secret')}
          secret={secret}
          kept={t('kept')}
          leave={t('leave')}
          done={t('done')}
          onDone={onClose}
        />
      )}
      {!isShown && task.kind === 'rotate' && (
        <RotateSecretForm endpoint={task.endpoint} onMade={setSecret} onCancel={onClose} />
      )}
      {!isShown && task.kind !== 'rotate' && <EndpointForm endpoint={endpoint} onMade={setSecret} onDone={onClose} />}
    </Modal>
  )
}
