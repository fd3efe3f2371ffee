import { Box, Group, Progress, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormatter, useTranslations } from 'use-intl'
import type { RunDetail } from '../../api/types.ts'
import { WaitingWords } from '../../components/waiting-words.tsx'

const WHOLE = 100

function Bar({ label, done, total }: { label: string; done: number; total: number }): ReactNode {
  const t = useTranslations('activity.run')
  const format = useFormatter()
  const percent = total > 0 ? Math.min(WHOLE, (done / total) * WHOLE) : 0
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text size="sm">{label}</Text>
        <Text size="sm" c="dimmed" data-numeric>
          {t('progressOf', { done: format.number(done), total: format.number(total) })}
        </Text>
      </Group>
      <Progress.Root>
        <Progress.Section value={percent} aria-label={label} />
      </Progress.Root>
    </div>
  )
}

/** Progress of a run for each type. */
export function RunProgress({ run }: { run: RunDetail }): ReactNode {
  const t = useTranslations('activity.run')
  const types = Object.entries(run.progress.by_type)
  return (
    <Box component="section" className="panel" p="lg" aria-labelledby="progress-heading">
      <Title order={2} size="h3" id="progress-heading" mb="md">
        {t('progress')}
      </Title>
      {types.length === 0 ? (
        <Text size="sm" c="dimmed" aria-live="polite">
          {run.waiting ? (
            <WaitingWords waiting={run.waiting} />
          ) : (
            t(run.status === 'queued' ? 'starting' : 'estimating')
          )}
        </Text>
      ) : (
        <Stack gap="md">
          {types.map(([type, { done, total }]) => (
            <Bar key={type} label={type} done={done} total={total} />
          ))}
        </Stack>
      )}
    </Box>
  )
}
