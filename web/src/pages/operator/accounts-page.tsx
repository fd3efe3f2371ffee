import { Badge, Progress, Skeleton, Stack, Switch, Text } from '@mantine/core'
import { IconSearchOff, IconUsers } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { useFormatter, useTranslations } from 'use-intl'
import { isCode } from '../../api/errors.ts'
import type { OperatorAccount } from '../../api/types.ts'
import { ListTable } from '../../components/list-table.tsx'
import { Page } from '../../components/page.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { OperatorTabs } from '../../layout/operator-tabs.tsx'
import { useOperatorAccounts } from '../../queries/operator.ts'
import { SuspensionButton } from './actions.tsx'
import { SearchField } from './search-field.tsx'
import { useSearch } from './use-search.ts'

const KINDS = ['sites', 'api_keys', 'members', 'invitations'] as const
const NEARLY_FULL = 0.8

function Share({ used, most, name }: { used: number; most: number; name: string }): ReactNode {
  const t = useTranslations('operator.list')
  const format = useFormatter()
  return (
    <Stack gap={4} miw={110}>
      <Text size="sm">{t('share', { used: format.number(used), most: format.number(most) })}</Text>
      <Progress
        value={Math.min(100, (100 * used) / most)}
        {...(used >= NEARLY_FULL * most && { color: 'orange' })}
        aria-label={name}
      />
    </Stack>
  )
}

function Row({ account }: { account: OperatorAccount }): ReactNode {
  const t = useTranslations('operator.list')
  const format = useFormatter()
  return (
    <tr data-account={account.id}>
      <td>
        <div>
          <Text size="sm" fw={600}>
            {account.id}
          </Text>
          <Text size="xs" c="dimmed">
            {t('created')} {format.dateTime(new Date(account.created_at), { dateStyle: 'medium' })}
          </Text>
          <Text size="xs">
            <Link href={`/operator/sites?search=${account.id}`}>{t('sitesTitle')}</Link>
          </Text>
          {account.suspension && (
            <>
              <Badge color="red.9" variant="filled" mt={6}>
                {t('suspended')}
              </Badge>
              <Text size="xs" mt={4}>
                {account.suspension.reason}
              </Text>
            </>
          )}
        </div>
      </td>
      {KINDS.map((kind) => (
        <td key={kind} data-label={t(kind)}>
          <Share {...account.usage[kind]} name={`${t(kind)}: ${account.id}`} />
        </td>
      ))}
      <td>
        <SuspensionButton account={account} />
      </td>
    </tr>
  )
}

function Accounts({ accounts, suspended }: { accounts: readonly OperatorAccount[]; suspended: boolean }): ReactNode {
  const t = useTranslations('operator.list')
  if (accounts.length === 0 && suspended)
    return <EmptyState icon={<IconUsers />} title={t('noneSuspended')} text={t('noneSuspendedText')} />
  if (accounts.length === 0)
    return <EmptyState icon={<IconUsers />} title={t('noAccounts')} text={t('noAccountsText')} />
  return (
    <ListTable
      caption={t('accountsTitle')}
      columns={[t('account'), ...KINDS.map((kind) => t(kind))]}
      actions={t('actions')}
    >
      {accounts.map((account) => (
        <Row key={account.id} account={account} />
      ))}
    </ListTable>
  )
}

/** The largest accounts, or one of them, with what they use. */
export default function OperatorAccountsPage(): ReactNode {
  const t = useTranslations('operator.list')
  const [text, search] = useSearch()
  const [suspended, setSuspended] = useState(false)
  const { data, error, isPending, refetch } = useOperatorAccounts(text, suspended)
  const isUnknown = isCode(error, 'account_not_found')
  return (
    <Page title={t('accountsTitle')} description={t('accountsText')}>
      <OperatorTabs />
      <Stack gap="lg">
        <SearchField key={text} label={t('searchAccounts')} value={text} onSearch={search} />
        {text === '' && (
          <Switch
            label={t('suspendedOnly')}
            checked={suspended}
            onChange={({ currentTarget }) => setSuspended(currentTarget.checked)}
          />
        )}
        {isPending && <Skeleton height={320} radius="lg" />}
        {isUnknown && <EmptyState icon={<IconSearchOff />} title={t('nothing')} text={t('searchAccounts')} />}
        {error && !isUnknown && <ErrorState error={error} onRetry={() => void refetch()} />}
        {data && !error && (
          <div className="panel">
            <Accounts accounts={data} suspended={suspended} />
          </div>
        )}
      </Stack>
    </Page>
  )
}
