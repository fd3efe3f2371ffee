import { Alert, Button } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconShieldCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import type { AuditVerdict } from '../../api/types.ts'
import { Panel } from '../../components/panel.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useVerifyAudit } from '../../queries/audit.ts'

function Verdict({ verdict }: { verdict: AuditVerdict }): ReactNode {
  const t = useTranslations('audit.verify')
  const { broken, verified } = verdict
  if (!broken)
    return (
      <Alert color="green" icon={<IconCircleCheck />}>
        {t('intact', { count: verified })}
      </Alert>
    )
  const title = t('broken', { seq: broken.seq, reason: t(`reason.${broken.reason}`) })
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={title}>
      {t('fix')}
    </Alert>
  )
}

/** Verifies the log's chain. */
export function VerifyPanel(): ReactNode {
  const t = useTranslations('audit.verify')
  const verify = useVerifyAudit()
  const button = (
    <Button
      variant="default"
      leftSection={<IconShieldCheck size={16} aria-hidden />}
      loading={verify.isPending}
      onClick={() => verify.mutate()}
    >
      {t('button')}
    </Button>
  )
  return (
    <Panel heading={t('heading')} text={t('text')} actions={button}>
      {verify.data && <Verdict verdict={verify.data} />}
      {verify.error && <ErrorState error={verify.error} />}
    </Panel>
  )
}
