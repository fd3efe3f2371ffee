import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Endpoint } from '../../api/types.ts'
import { ErrorState } from '../../components/states.tsx'
import { useRotateSecret } from '../../queries/notifications.ts'

/** Seconds for which messages are signed with the old secret, too. */
const GRACES_S = { none: 0, hour: 3_600, day: 86_400, week: 604_800 } as const
type Grace = keyof typeof GRACES_S

interface RotateSecretFormProps {
  endpoint: Endpoint
  onMade: (secret: string) => void
  onCancel: () => void
}

/** How long messages are signed with the old secret beside the new one. */
export function RotateSecretForm({ endpoint, onMade, onCancel }: RotateSecretFormProps): ReactNode {
  const t = useTranslations('notifications.dialog')
  const c = useTranslations('common')
  const rotate = useRotateSecret(endpoint.id)
  const [grace, setGrace] = useState<Grace>('day')
  const graces = Object.keys(GRACES_S) as Grace[]
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
        <Button
          loading={rotate.isPending}
          onClick={() => rotate.mutate(GRACES_S[grace], { onSuccess: ({ secret }) => onMade(secret) })}
        >
          {t('rotate')}
        </Button>
      </Group>
    </Stack>
  )
}
