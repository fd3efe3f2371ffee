import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { Endpoint } from '../../api/types.ts'
import { GraceForm } from '../../components/grace-form.tsx'
import { useRotateSecret } from '../../queries/notifications.ts'

interface RotateSecretFormProps {
  endpoint: Endpoint
  onMade: (secret: string) => void
  onCancel: () => void
}

/** How long messages are also signed with the old secret. */
export function RotateSecretForm({ endpoint, onMade, onCancel }: RotateSecretFormProps): ReactNode {
  const t = useTranslations('notifications.dialog')
  const { mutate, isPending, error } = useRotateSecret(endpoint.id)
  return (
    <GraceForm
      text={t('rotateText')}
      label={t('grace')}
      labelOf={(grace) => t(`graces.${grace}`)}
      confirmLabel={t('rotate')}
      onConfirm={(graceS) => mutate(graceS, { onSuccess: ({ secret }) => onMade(secret) })}
      onCancel={onCancel}
      isPending={isPending}
      error={error}
    />
  )
}
