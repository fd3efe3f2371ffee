import { Alert, Button, Progress, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconStethoscope } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { DoctorReport, Integration } from '../../api/types.ts'
import { RelativeTime, useNow } from '../../components/relative-time.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useDoctor } from '../../queries/connection.ts'
import classes from './connection.module.css'
import { EvidenceList } from './evidence-list.tsx'
import { FindingItem } from './finding-item.tsx'
import { Folded, Panel } from '../../components/panel.tsx'

const MS_PER_S = 1000
const COLORS = { healthy: 'green', degraded: 'yellow', broken: 'red' } as const

/** How long it has taken so far: nobody knows how long a site needs, so the bar only moves. */
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

const rawText = ({ status, headers, body_excerpt: body }: NonNullable<DoctorReport['raw']>): string =>
  [`HTTP ${status}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', body].join('\n')

function Report({ report }: { report: DoctorReport }): ReactNode {
  const t = useTranslations('connection.doctor')
  const e = useTranslations('connection.test')
  const fine = report.findings.filter(({ severity }) => severity === 'ok')
  const wrong = report.findings.filter(({ severity }) => severity !== 'ok')
  const isHealthy = report.verdict === 'healthy'
  return (
    <Stack>
      <Alert
        color={COLORS[report.verdict]}
        variant="light"
        title={t(`verdict.${report.verdict}`)}
        styles={{ title: { color: 'var(--mantine-color-text)' } }}
        icon={isHealthy ? <IconCircleCheck aria-hidden /> : <IconAlertTriangle aria-hidden />}
        data-verdict={report.verdict}
      >
        {t('examined')} <RelativeTime at={report.at} />
      </Alert>
      {wrong.length > 0 && (
        <ul className={classes.findings}>
          {wrong.map((finding) => (
            <FindingItem key={finding.code} finding={finding} />
          ))}
        </ul>
      )}
      {fine.length > 0 && (
        <details>
          <summary className={classes.summary}>{t('fine', { count: fine.length })}</summary>
          <ul className={classes.findings} style={{ marginTop: 12 }}>
            {fine.map((finding) => (
              <FindingItem key={finding.code} finding={finding} />
            ))}
          </ul>
        </details>
      )}
      {report.steps.length > 0 && (
        <details>
          <summary className={classes.summary}>{e('evidence')}</summary>
          <div style={{ marginTop: 12 }}>
            <EvidenceList steps={report.steps} />
          </div>
        </details>
      )}
      {report.raw && <Folded summary={`${t('raw')}. ${t('rawText')}`} text={rawText(report.raw)} />}
    </Stack>
  )
}

/** Finds the layer at fault. */
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
          onClick={() => doctor.mutate()}
          leftSection={<IconStethoscope size={16} aria-hidden />}
        >
          {doctor.data ? t('again') : t('run')}
        </Button>
      }
    >
      {doctor.isPending && <Running sinceMs={doctor.submittedAt} />}
      {doctor.error && <ErrorState error={doctor.error} />}
      {doctor.data && <Report report={doctor.data} />}
    </Panel>
  )
}
