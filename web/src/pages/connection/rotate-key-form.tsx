import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ApiKey } from '../../api/types.ts'
import { ErrorState } from '../../components/states.tsx'
import { useRotateApiKey } from '../../queries/api-keys.ts'

/** Seconds for which the old key stays valid. */
const GRACES_S = { none: 0, hour: 3_600, day: 86_400, week: 604_800 } as const
type Grace = keyof typeof GRACES_S

interface RotateKeyFormProps {
  apiKey: ApiKey
  onMade: (plaintext: string) => void
  onCancel: () => void
}

/** How long the old key goes on working beside the new one. */
export function RotateKeyForm({ apiKey, onMade, onCancel }: RotateKeyFormProps): ReactNode {
  const t = useTranslations('connection.keys')
  const c = useTranslations('common')
  const rotate = useRotateApiKey(apiKey.site_id)
  const [grace, setGrace] = useState<Grace>('day')
  const graces = Object.keys(GRACES_S) as Grace[]
  const replace = () =>
    rotate.mutate({ keyId: apiKey.id, graceS: GRACES_S[grace] }, { onSuccess: ({ key }) => onMade(key) })
  return (
    <Stack>
      <Text>{t('rotateText')}</Text>
      {rotate.error && <ErrorState error={rotate.error} />}
      <NativeSelect
        label={t('grace')}
        data-autofocus
        value={grace}
        onChange={(event) => setGrace(event.currentTarget.value as Grace)}
        data={graces.map((value) => ({ value, label: t(`graces.${value}`) }))}
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {c('cancel')}
        </Button>
        <Button loading={rotate.isPending} onClick={replace}>
          {t('rotate')}
        </Button>
      </Group>
    </Stack>
  )
}
