import { Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import { CopyField } from '../../components/copy-field.tsx'
import { useLeaveGuard } from '../../components/use-leave-guard.ts'

interface NewKeyProps {
  plaintext: string
  isReplacement: boolean
  onDone: () => void
}

/** The key in full, this once. Leaving the page asks first. */
export function NewKey({ plaintext, isReplacement, onDone }: NewKeyProps): ReactNode {
  const t = useTranslations('connection.keys')
  const [isKept, setKept] = useState(false)
  useLeaveGuard(!isKept, t('leave'))
  return (
    <Stack>
      <Text>{t('createdText')}</Text>
      <CopyField label={t('key')} value={plaintext} />
      {isReplacement && <Text size="sm">{t('rotateUse')}</Text>}
      <Group justify="space-between">
        <Checkbox label={t('kept')} checked={isKept} onChange={(event) => setKept(event.currentTarget.checked)} />
        <Button disabled={!isKept} onClick={onDone}>
          {t('done')}
        </Button>
      </Group>
    </Stack>
  )
}
