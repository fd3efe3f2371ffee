import { Group, Skeleton, Stack, Text } from '@mantine/core'
import { IconHeartbeat, IconSearchOff } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import type { OperatorSite } from '../../api/types.ts'
import { useAmounts } from '../../components/amounts.ts'
import { useCodeTitle } from '../../components/code-title.ts'
import { ConnectionBadge } from '../../components/connection-badge.tsx'
import { ListTable } from '../../components/list-table.tsx'
import { Page } from '../../components/page.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { OperatorTabs } from '../../layout/operator-tabs.tsx'
import { useOperatorSites } from '../../queries/operator.ts'
import { ReplayButton, WakeButton } from './actions.tsx'
import { SearchField } from './search-field.tsx'
import { useSearch } from './use-search.ts'

function Names({ site }: { site: OperatorSite }): ReactNode {
  const t = useTranslations('operator.list')
  return (
    <div>
      <Text size="sm" fw={600}>
        {site.host}
      </Text>
      <Text size="xs" c="dimmed">
        {site.id}
      </Text>
      <Text size="xs">
        <Link href={`/operator/accounts?search=${site.account_id}`}>
          {t('account')} {site.account_id}
        </Link>
      </Text>
    </div>
  )
}

function Row({ site }: { site: OperatorSite }): ReactNode {
  const t = useTranslations('operator.list')
  const amounts = useAmounts()
  const codeTitle = useCodeTitle()
  return (
    <tr data-site={site.id}>
      <td>
        <Names site={site} />
      </td>
      <td data-label={t('state')}>
        <div>
          <ConnectionBadge state={site.connection} />
          {site.reason !== null && (
            <Text size="xs" c="dimmed">
              {codeTitle(site.reason)}
            </Text>
          )}
          {site.transport === 'polling' && (
            <Text size="xs" c="dimmed">
              {t('polls')}
            </Text>
          )}
        </div>
      </td>
      <td data-label={t('since')}>{site.since === null ? '–' : <RelativeTime at={site.since} />}</td>
      <td data-label={t('verified')}>
        <RelativeTime at={site.last_verified_at} />
      </td>
      <td data-label={t('sync')}>
        <RelativeTime at={site.last_sync_at} />
      </td>
      <td data-label={t('stored')}>{amounts.bytes(site.stored_bytes)}</td>
      <td>
        {site.integration_id !== null && site.connection !== 'disabled' && (
          <Group gap={6}>
            <WakeButton site={site} />
            <ReplayButton wish={{ what: 'webhooks', site_id: site.id }} about={site.host} />
          </Group>
        )}
      </td>
    </tr>
  )
}

function Sites({ sites, search }: { sites: readonly OperatorSite[]; search: string }): ReactNode {
  const t = useTranslations('operator.list')
  if (sites.length === 0 && search === '')
    return <EmptyState icon={<IconHeartbeat />} title={t('nobodyIll')} text={t('nobodyIllText')} />
  if (sites.length === 0) return <EmptyState icon={<IconSearchOff />} title={t('nothing')} text={t('nothingText')} />
  const columns = [t('host'), t('state'), t('since'), t('verified'), t('sync'), t('stored')]
  return (
    <ListTable caption={t('sitesTitle')} columns={columns} actions={t('actions')}>
      {sites.map((site) => (
        <Row key={site.id} site={site} />
      ))}
    </ListTable>
  )
}

/** Sites of all accounts: those that are worst off, or what an operator looks for. */
export default function OperatorSitesPage(): ReactNode {
  const t = useTranslations('operator.list')
  const [text, search] = useSearch()
  const { data, error, isPending, refetch } = useOperatorSites(text)
  return (
    <Page title={t('sitesTitle')} description={t('sitesText')}>
      <OperatorTabs />
      <Stack gap="lg">
        <SearchField key={text} label={t('searchSites')} value={text} onSearch={search} />
        {isPending && <Skeleton height={320} radius="lg" />}
        {error && <ErrorState error={error} onRetry={() => void refetch()} />}
        {data && (
          <div className="panel">
            <Sites sites={data} search={text} />
          </div>
        )}
      </Stack>
    </Page>
  )
}
