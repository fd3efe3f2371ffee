import { Anchor, Button, Stack, Text, Title } from '@mantine/core'
import { IconCircleCheckFilled, IconCircleDashed } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { Integration } from '../../api/types.ts'
import { ConnectionBadge } from '../../components/connection-badge.tsx'
import { HealthReason } from '../../components/health-reason.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import classes from './onboarding.module.css'
import type { ConnectProgress } from './use-connect-progress.ts'

const ICON_PX = 18

function Check({ isDone, children }: { isDone: boolean; children: ReactNode }): ReactNode {
  return (
    <li className={classes.check} data-done={isDone}>
      {isDone ? (
        <IconCircleCheckFilled size={ICON_PX} aria-hidden color="var(--app-good)" />
      ) : (
        <IconCircleDashed size={ICON_PX} aria-hidden color="var(--app-idle)" />
      )}
      <div>{children}</div>
    </li>
  )
}

function Ready({ integration, types }: { integration: Integration; types: number | null }): ReactNode {
  const t = useTranslations('onboarding.progress')
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm">
        {t('readyText')} {types !== null && t('readyTypes', { types })}
      </Text>
      <Button component={Link} to={`/sites/${integration.site_id}/content-types`} fullWidth>
        {t('readyAction')}
      </Button>
    </Stack>
  )
}

/** Progress of connecting, read from the API every few seconds. */
export function ConnectProgressPanel({ progress }: { progress: ConnectProgress }): ReactNode {
  const t = useTranslations('onboarding.progress')
  const site = useThisSite()
  const { integration, isReady, types, asOf, error } = progress
  return (
    <Stack
      className="panel"
      p="lg"
      component="section"
      aria-labelledby="connect-progress"
      data-testid="connect-progress"
    >
      <Title order={2} size="h4" id="connect-progress">
        {isReady ? t('readyHeading') : t('heading')}
      </Title>
      <ul className={classes.checks} aria-live="polite">
        <Check isDone>{t('site')}</Check>
        <Check isDone={integration !== null}>{integration ? t('pluginSeen') : t('pluginNone')}</Check>
        <li className={classes.state} data-done={isReady}>
          <ConnectionBadge state={integration?.health.state ?? 'not_connected'} />
        </li>
      </ul>
      {integration && (
        <HealthReason health={integration.health}>
          <Anchor component={Link} to={`/sites/${site.id}/connection`} size="sm" underline="always">
            {t('troubleHelp')}
          </Anchor>
        </HealthReason>
      )}
      {error && <ErrorState error={error} />}
      {isReady && integration ? (
        <Ready integration={integration} types={types} />
      ) : (
        <Text size="xs" c="dimmed">
          {t('waiting')} {t('asOf')} <RelativeTime at={asOf} />.
        </Text>
      )}
    </Stack>
  )
}
