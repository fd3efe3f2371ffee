import { Alert, Stack } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { DoctorReport } from '../../api/types.ts'
import { Folded } from '../../components/panel.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import classes from './connection.module.css'
import { EvidenceList } from './evidence-list.tsx'
import { FindingItem } from './finding-item.tsx'

const COLORS = { healthy: 'green', degraded: 'yellow', broken: 'red' } as const

const rawText = ({ status, headers, body_excerpt: body }: NonNullable<DoctorReport['raw']>): string =>
  [`HTTP ${status}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', body].join('\n')

/** Report of the doctor: verdict and problems; passed checks and steps are collapsed. */
export default function Report({ report }: { report: DoctorReport }): ReactNode {
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
