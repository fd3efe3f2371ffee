import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { DeliveryError } from '../../api/types.ts'
import { useProblemText } from '../../components/use-problem-text.ts'

/** Why a delivery failed, and what to do. */
export function ErrorWords({ error }: { error: DeliveryError }): ReactNode {
  const { title, detail, fix, detailLanguage } = useProblemText()(error)
  return (
    <Stack gap={2} maw={420} data-error={error.code}>
      <Text size="sm">{title}</Text>
      {detail && (
        <Text size="xs" c="dimmed" lang={detailLanguage}>
          {detail}
        </Text>
      )}
      {fix && (
        <Text size="xs" c="dimmed">
          {fix}
        </Text>
      )}
    </Stack>
  )
}
