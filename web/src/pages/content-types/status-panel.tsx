import { Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { ClockTime } from '../../components/relative-time.tsx'
import { useTranslations } from 'use-intl'
import type { ContentTypes, Integration } from '../../api/types.ts'
import { ConnectionBadge } from '../../components/connection-badge.tsx'
import { useProblemText } from '../../components/use-problem-text.ts'
import classes from './content-types.module.css'
import { StatusActions } from './status-actions.tsx'
import { StatusFacts } from './status-facts.tsx'

interface StatusPanelProps {
  integration: Integration
  /** Null if they could not be read. */
  types: ContentTypes | null
}

/** State of the connection: since when, why, what to do, and its details. */
export function StatusPanel({ integration, types }: StatusPanelProps): ReactNode {
  const t = useTranslations('contentTypes.status')
  const health = types?.health ?? integration.health
  const since = health.since !== null && <ClockTime at={health.since} />
  return (
    <section className={`panel ${classes.status}`} aria-label={t('region')}>
      <Group justify="space-between" align="flex-start" gap="md">
        <div className={classes.state}>
          <Group gap={8} component="output">
            <ConnectionBadge state={health.state} />
            {since && (
              <Text size="sm" c="dimmed" component="span">
                {t.rich('since', { at: () => since })}
              </Text>
            )}
          </Group>
          <Text size="sm" c="dimmed" mt={4}>
            {t(`explained.${health.state}`)}
          </Text>
        </div>
        <StatusActions integration={integration} health={health} />
      </Group>
      {health.reason && <Reason reason={health.reason} state={health.state} />}
      {!integration.sync_enabled && integration.is_active && (
        <Text size="sm" className={classes.reason} data-tone="warn">
          {t('syncOff')}
        </Text>
      )}
      <StatusFacts integration={integration} health={health} types={types} />
    </section>
  )
}

type Reason = NonNullable<Integration['health']['reason']>

const BAD = new Set<Integration['connection']>(['unreachable', 'key_revoked'])

function Reason({ reason, state }: { reason: Reason; state: Integration['connection'] }): ReactNode {
  const t = useTranslations('contentTypes.status')
  const { title, detail, detailLanguage, fix } = useProblemText()(reason)
  return (
    <div className={classes.reason} data-tone={BAD.has(state) ? 'bad' : 'warn'} data-reason={reason.code}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {detail !== null && (
        <Text size="sm" lang={detailLanguage}>
          {detail}
        </Text>
      )}
      {fix !== null && (
        <Text size="sm">
          <b>{t('fix')}</b> {fix}
        </Text>
      )}
    </div>
  )
}
