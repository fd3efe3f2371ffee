import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { ApiKey } from '../../api/types.ts'
import { GraceForm } from '../../components/grace-form.tsx'
import { useRotateApiKey } from '../../queries/api-keys.ts'

interface RotateKeyFormProps {
  apiKey: ApiKey
  onMade: (plaintext: string) => void
  onCancel: () => void
}

/** How long the old key keeps working beside the new one. */
export function RotateKeyForm({ apiKey, onMade, onCancel }: RotateKeyFormProps): ReactNode {
  const t = useTranslations('connection.keys')
  const { mutate, isPending, error } = useRotateApiKey(apiKey.site_id)
  return (
    <GraceForm
      text={t('rotateText')}
      label={t('grace')}
      labelOf={(grace) => t(`graces.${grace}`)}
      confirmLabel={t('rotate')}
      onConfirm={(graceS) => mutate({ keyId: apiKey.id, graceS }, { onSuccess: ({ key }) => onMade(key) })}
      onCancel={onCancel}
      isPending={isPending}
      error={error}
    />
  )
}
