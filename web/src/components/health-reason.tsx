import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Health } from '../api/types.ts'
import { FixText } from './fix-text.tsx'
import { useProblemText } from './use-problem-text.ts'

const COLORS: Partial<Record<Health['state'], string>> = {
  degraded: 'yellow',
  unreachable: 'red',
  key_revoked: 'red',
}

/** The reason for a connection's state and its fix; renders nothing if there is no problem. */
export function HealthReason({ health, children }: { health: Health; children?: ReactNode }): ReactNode {
  const textOf = useProblemText()
  if (!health.reason) return null
  const { title, detail, detailLanguage, fix } = textOf(health.reason)
  const color = COLORS[health.state]
  return (
    <Alert
      color={color ?? 'gray'}
      variant="light"
      title={title}
      icon={color ? <IconAlertTriangle aria-hidden /> : <IconInfoCircle aria-hidden />}
      data-reason={health.reason.code}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      <Stack gap="xs">
        {detail && (
          <Text size="sm" lang={detailLanguage}>
            {detail}
          </Text>
        )}
        {fix && (
          <Text size="sm" fw={550}>
            <FixText text={fix} />
          </Text>
        )}
        {children}
      </Stack>
    </Alert>
  )
}
