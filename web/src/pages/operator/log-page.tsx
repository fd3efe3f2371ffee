import { Skeleton, Stack } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { LoadMore } from '../../components/load-more.tsx'
import { Page } from '../../components/page.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { OperatorTabs } from '../../layout/operator-tabs.tsx'
import { useOperatorLog } from '../../queries/operator.ts'
import { entriesOf } from '../../queries/paging.ts'
import { AuditTable } from '../audit/audit-table.tsx'

/** What operators did. */
export default function OperatorLogPage(): ReactNode {
  const t = useTranslations('audit')
  const list = useOperatorLog()
  const records = entriesOf(list.data)
  return (
    <Page title={t('operatorTitle')} description={t('operatorText')}>
      <OperatorTabs />
      <Stack gap="lg">
        {list.isPending && <Skeleton height={320} radius="lg" />}
        {list.isLoadingError && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
        {list.isSuccess && (
          <div className="panel">
            {records.length === 0 ? (
              <EmptyState icon={<IconHistory />} title={t('empty')} text={t('operatorEmpty')} />
            ) : (
              <AuditTable records={records} />
            )}
          </div>
        )}
        {records.length > 0 && (
          <LoadMore
            shown={t('shown', { count: records.length, more: String(list.hasNextPage) })}
            hasNextPage={list.hasNextPage}
            isFetchingNextPage={list.isFetchingNextPage}
            error={list.isFetchNextPageError ? list.error : null}
            onMore={() => void list.fetchNextPage()}
          />
        )}
      </Stack>
    </Page>
  )
}
