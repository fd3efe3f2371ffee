import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { Integration, Site } from '../../api/types.ts'
import { ConnectionBadge } from '../../components/connection-badge.tsx'
import { OutsideLink } from '../../components/outside-link.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { useProblemText } from '../../components/use-problem-text.ts'

interface SiteRowProps {
  site: Site
  /** Null if there is none, undefined while unknown. */
  integration: Integration | null | undefined
  /** Whether the person may see connections. */
  hasConnection: boolean
  mayConnect: boolean
}

function ConnectionCell({ site, integration }: Pick<SiteRowProps, 'site' | 'integration'>): ReactNode {
  const t = useTranslations('sites')
  const textOf = useProblemText()
  if (integration === undefined) return <Text c="dimmed">{t('noConnectionKnown')}</Text>
  if (integration === null) return <ConnectionBadge state={site.is_active ? 'not_connected' : 'disabled'} />
  const { state, reason } = integration.health
  return (
    <Stack gap={2}>
      <ConnectionBadge state={state} />
      {reason && (
        <Text size="xs" c="dimmed">
          {textOf(reason).title}
        </Text>
      )}
    </Stack>
  )
}

function LastSync({ integration }: { integration: Integration }): ReactNode {
  const t = useTranslations('sites')
  return (
    <Stack gap={2}>
      <RelativeTime at={integration.last_sync_at} />
      {integration.sync_status === 'failed' && (
        <Text size="xs" c="var(--app-bad)">
          {t('lastSyncFailed')}
        </Text>
      )}
      {integration.sync_status === 'syncing' && (
        <Text size="xs" c="var(--app-busy)">
          {t('isSyncing')}
        </Text>
      )}
    </Stack>
  )
}

/** Counts of the site; failed items and conflicts are links. */
function ContentCell({ siteId, counts }: { siteId: string; counts: Integration['item_counts'] }): ReactNode {
  const t = useTranslations('sites')
  if (counts === null) return '–'
  const attention = [
    { state: 'failed', count: counts.failed },
    { state: 'conflict', count: counts.conflicts },
  ] as const
  return (
    <Stack gap={2}>
      <Text size="sm" data-numeric>
        {t('synced', { count: counts.synced })}
      </Text>
      {attention.map(
        ({ state, count }) =>
          count > 0 && (
            <Anchor key={state} component={Link} href={`/sites/${siteId}/items?state=${state}`} size="xs">
              {t(state, { count })}
            </Anchor>
          ),
      )}
    </Stack>
  )
}

function SiteName({ site }: { site: Site }): ReactNode {
  const t = useTranslations('sites')
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Anchor component={Link} href={`/sites/${site.id}`} fw={650} c="var(--mantine-color-text)">
          {site.name}
        </Anchor>
        {!site.is_active && (
          <Badge variant="default" size="sm" tt="none">
            {t('off')}
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        <OutsideLink url={site.url} isQuiet>
          {site.url.replace(/^https?:\/\//, '')}
        </OutsideLink>
      </Text>
    </Stack>
  )
}

/** One site in the list: name, connection and link. */
export function SiteRow({ site, integration, hasConnection, mayConnect }: SiteRowProps): ReactNode {
  const t = useTranslations('sites')
  const isOpen = integration === null && mayConnect && site.is_active
  return (
    <tr>
      <td>
        <SiteName site={site} />
      </td>
      {hasConnection && (
        <td data-label={t('connection')}>
          <ConnectionCell site={site} integration={integration} />
        </td>
      )}
      {hasConnection && (
        <td data-label={t('content')}>
          <ContentCell siteId={site.id} counts={integration?.item_counts ?? null} />
        </td>
      )}
      {hasConnection && (
        <td data-label={t('lastSync')}>{integration ? <LastSync integration={integration} /> : '–'}</td>
      )}
      <td>
        <Group justify="flex-end">
          <Button
            component={Link}
            to={`/sites/${site.id}/${isOpen ? 'connect' : 'content-types'}`}
            variant={isOpen ? 'filled' : 'default'}
            size="xs"
            aria-label={`${isOpen ? t('connect') : t('open')}: ${site.name}`}
          >
            {isOpen ? t('connect') : t('open')}
          </Button>
        </Group>
      </td>
    </tr>
  )
}
