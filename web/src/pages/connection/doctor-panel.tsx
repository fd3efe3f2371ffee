import { Button, Progress, Stack, Text } from '@mantine/core'
import { IconStethoscope } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense } from 'react'
import { useTranslations } from 'use-intl'
import type { Integration } from '../../api/types.ts'
import { useNow } from '../../components/relative-time.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useDoctor } from '../../queries/connection.ts'
import { Panel } from '../../components/panel.tsx'

const MS_PER_S = 1000
const loadReport = () => import('./doctor-report.tsx')
const Report = lazy(loadReport)

/** Elapsed time. The total is unknown, so the bar shows no percentage. */
function Running({ sinceMs }: { sinceMs: number }): ReactNode {
  const t = useTranslations('connection.doctor')
  const seconds = Math.max(0, Math.floor((useNow() - sinceMs) / MS_PER_S))
  return (
    <Stack gap={6}>
      <Progress value={100} animated striped aria-label={t('running')} />
      <Text size="sm" c="dimmed" data-numeric>
        {t('elapsed', { seconds })}
      </Text>
    </Stack>
  )
}

/** Runs the doctor and shows its report. */
export function DoctorPanel({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('connection.doctor')
  const doctor = useDoctor(integration.id)
  return (
    <Panel
      heading={t('heading')}
      text={t('text')}
      actions={
        <Button
          variant="default"
          loading={doctor.isPending}
          onClick={() => {
            void loadReport()
            doctor.mutate()
          }}
          leftSection={<IconStethoscope size={16} aria-hidden />}
        >
          {doctor.data ? t('again') : t('run')}
        </Button>
      }
    >
      {doctor.isPending && <Running sinceMs={doctor.submittedAt} />}
      {doctor.error && <ErrorState error={doctor.error} />}
      {doctor.data && (
        <Suspense>
          <Report report={doctor.data} />
        </Suspense>
      )}
    </Panel>
  )
}
