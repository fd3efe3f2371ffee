import { CloseButton, Group, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconPlayerStop } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { Run } from '../../api/types.ts'
import { useProblemText } from '../../components/use-problem-text.ts'
import { useThisSite } from '../../layout/site-context.ts'
import { RunCounts } from './run-counts.tsx'
import { type Outcome, outcomeOf } from './outcome-of.ts'

const ICON = 22

const ICONS: Record<Outcome, ReactNode> = {
  succeeded: <IconCircleCheck size={ICON} color="var(--app-good)" aria-hidden />,
  succeededPartly: <IconAlertTriangle size={ICON} color="var(--app-warn)" aria-hidden />,
  failed: <IconCircleX size={ICON} color="var(--app-bad)" aria-hidden />,
  cancelled: <IconPlayerStop size={ICON} color="var(--app-idle)" aria-hidden />,
}

function Why({ error }: { error: NonNullable<Run['error']> }): ReactNode {
  const { title, detail, detailLanguage, fix } = useProblemText()(error)
  return (
    <Text size="sm">
      {title !== error.code && `${title}. `}
      {detail !== null && <span lang={detailLanguage}>{detail}</span>} {fix}
    </Text>
  )
}

/** How a run ended, why, and links to more, until dismissed. */
export function RunOutcome({ run, onDismiss }: { run: Run; onDismiss: () => void }): ReactNode {
  const t = useTranslations('contentTypes.run')
  const { id: siteId } = useThisSite()
  const outcome = outcomeOf(run)
  const { failed, conflicts, created, updated, deleted } = run.counts
  const isIdle = outcome === 'succeeded' && created + updated + deleted === 0
  return (
    <Group align="flex-start" wrap="nowrap" gap="sm" data-outcome={run.status}>
      {ICONS[outcome]}
      <div style={{ flex: 1 }}>
        <Text fw={600}>{t(outcome)}</Text>
        {run.error && <Why error={run.error} />}
        {isIdle && <Text size="sm">{t('nothing')}</Text>}
        {outcome === 'cancelled' && <Text size="sm">{t('cancelledText')}</Text>}
        <RunCounts counts={run.counts} />
        <Group gap="md" mt={4} fz="sm">
          <Link href={`/sites/${siteId}/activity/runs/${run.id}`}>{t('toRun')}</Link>
          {failed > 0 && <Link href={`/sites/${siteId}/items?state=failed`}>{t('toFailed', { count: failed })}</Link>}
          {conflicts > 0 && (
            <Link href={`/sites/${siteId}/items?state=conflict`}>{t('toConflicts', { count: conflicts })}</Link>
          )}
        </Group>
      </div>
      <CloseButton aria-label={t('dismiss')} onClick={onDismiss} />
    </Group>
  )
}
