import { Group, Progress, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter } from 'use-intl'

const WHOLE = 100

/** How far something is, for eyes and screen readers. */
export function ProgressBar({ label, done, total }: { label: string; done: number; total: number }): ReactNode {
  const format = useFormatter()
  const share = total > 0 ? Math.min(1, done / total) : 0
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text size="sm" component="output" aria-live="polite">
          {label}
        </Text>
        <Text size="sm" c="dimmed" data-numeric>
          {format.number(share, { style: 'percent' })}
        </Text>
      </Group>
      <Progress.Root>
        <Progress.Section value={share * WHOLE} aria-label={label} />
      </Progress.Root>
    </div>
  )
}
