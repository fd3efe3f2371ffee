import { Alert, Button, Group, Text } from '@mantine/core'
import { IconRestore } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { ClockTime } from '../../../components/relative-time.tsx'

/** Says that the form shows what was typed earlier and never saved, and lets it be discarded. */
export function RestoredNotice({ at, onDiscard }: { at: number; onDiscard: () => void }): ReactNode {
  const t = useTranslations('editor.restored')
  const clock = () => <ClockTime at={new Date(at).toISOString()} />
  return (
    <Alert color="blue" icon={<IconRestore aria-hidden />} data-testid="restored">
      <Group justify="space-between" gap="sm">
        <Text size="sm" flex="1 1 240px">
          {t.rich('text', { at: clock })}
        </Text>
        <Button size="xs" variant="default" onClick={onDiscard}>
          {t('discard')}
        </Button>
      </Group>
    </Alert>
  )
}
