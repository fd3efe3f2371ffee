import { Button, Group, Text } from '@mantine/core'
import { IconRefreshDot } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useFormatter, useTranslations } from 'use-intl'
import type { Integration } from '../../api/types.ts'
import { ConnectionBadge } from '../../components/connection-badge.tsx'
import { Details } from '../../components/details.tsx'
import { HealthReason } from '../../components/health-reason.tsx'
import { RelativeTime, useNow } from '../../components/relative-time.tsx'
import { OutsideLink } from '../../components/outside-link.tsx'
import { Facts, Panel } from '../../components/panel.tsx'
import { WaitingWords } from '../../components/waiting-words.tsx'
import { useSyncStatus } from '../../queries/sync.ts'

/** "in 40 minutes", or "now" if the time has passed. */
function Upcoming({ at }: { at: string | null }): ReactNode {
  const t = useTranslations('connection.status')
  const format = useFormatter()
  const now = useNow()
  if (at === null) return t('notYet')
  const moment = new Date(at)
  if (moment.getTime() <= now) return t('due')
  return <time dateTime={at}>{format.relativeTime(moment, now)}</time>
}

/** The sync under way, or what it waits for. */
function CurrentSync({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('connection.status')
  const direction = useTranslations('common.direction')
  const { data } = useSyncStatus(integration.id)
  const run = data?.current_run
  if (!run) return t('noSync')
  return (
    <>
      <Link href={`/sites/${integration.site_id}/activity/runs/${run.id}`}>{direction(run.direction)}</Link>
      <Text size="xs" c="dimmed">
        {run.waiting ? <WaitingWords waiting={run.waiting} /> : t(run.status === 'running' ? 'syncRuns' : 'syncStarts')}
      </Text>
    </>
  )
}

function PollingFacts({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('connection.status')
  const { expected_latency_s: latencyS, last_poll_at: lastAt } = integration
  return (
    <>
      {t('polling')}
      <Text size="xs" c="dimmed">
        {t('lastPoll')}: <RelativeTime at={lastAt} />
        {latencyS !== null && `, ${t('latency', { seconds: Math.max(1, Math.round(latencyS)) })}`}
      </Text>
    </>
  )
}

/** State of the connection: why, since when, and when it was last verified. */
export function StatusPanel({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('connection')
  const { health, site_id: siteId, site_url: siteUrl, api_key: key, transport } = integration
  const isLost = health.state === 'key_revoked' || health.state === 'not_connected'
  return (
    <Panel
      heading={t('status.heading')}
      actions={
        isLost && (
          <Button
            component={Link}
            to={`/sites/${siteId}/connect`}
            leftSection={<IconRefreshDot size={16} aria-hidden />}
          >
            {t('connect')}
          </Button>
        )
      }
    >
      <Group aria-live="polite">
        <ConnectionBadge state={health.state} />
      </Group>
      <HealthReason health={health} />
      <Facts
        facts={[
          [t('status.since'), <RelativeTime key="since" at={health.since} />],
          [
            t('status.address'),
            <OutsideLink key="url" url={siteUrl}>
              {siteUrl}
            </OutsideLink>,
          ],
          [t('status.sync'), <CurrentSync key="sync" integration={integration} />],
        ]}
      />
      <Details>
        <Facts
          facts={[
            [
              t('status.verified'),
              <span key="verified" title={t('status.verifiedHint')}>
                <RelativeTime at={health.last_verified_at} />
              </span>,
            ],
            [t('status.next'), <Upcoming key="next" at={health.next_check_at} />],
            [t('status.key'), key],
            [
              t('status.transport'),
              transport === 'polling' ? <PollingFacts key="transport" integration={integration} /> : t('status.direct'),
            ],
          ]}
        />
      </Details>
    </Panel>
  )
}
