import { NativeSelect, Skeleton } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Delivery } from '../../api/types.ts'
import { ListTable } from '../../components/list-table.tsx'
import { LoadMore } from '../../components/load-more.tsx'
import { Panel } from '../../components/panel.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useDeliveries } from '../../queries/notifications.ts'
import { entriesOf } from '../../queries/paging.ts'
import { useMay } from '../../queries/session.ts'
import { DeliveryRow } from './delivery-row.tsx'

const STATUSES = ['pending', 'delivered', 'failed'] as const

function DeliveriesTable({ deliveries }: { deliveries: readonly Delivery[] }): ReactNode {
  const t = useTranslations('notifications.deliveries')
  const mayRepeat = useMay('admin')
  return (
    <ListTable
      caption={t('heading')}
      columns={[t('message'), t('recipient'), t('result'), t('when')]}
      actions={mayRepeat ? t('actions') : null}
    >
      {deliveries.map((delivery) => (
        <DeliveryRow key={delivery.id} delivery={delivery} mayRepeat={mayRepeat} />
      ))}
    </ListTable>
  )
}

/** The deliveries and their results. */
export function DeliveriesPanel(): ReactNode {
  const t = useTranslations('notifications.deliveries')
  const [status, setStatus] = useState<Delivery['status'] | null>(null)
  const query = useDeliveries(status)
  const deliveries = entriesOf(query.data)
  const choice = (
    <NativeSelect
      size="xs"
      w={150}
      aria-label={t('filter')}
      value={status ?? ''}
      onChange={(event) => setStatus(STATUSES.find((known) => known === event.currentTarget.value) ?? null)}
      data={[{ value: '', label: t('all') }, ...STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))]}
    />
  )
  const isEmpty = query.isSuccess && deliveries.length === 0
  return (
    <Panel heading={t('heading')} text={t('text')} actions={(!isEmpty || status !== null) && choice}>
      {query.isPending && <Skeleton height={160} />}
      {query.error && !query.data && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {isEmpty && (
        <EmptyState
          icon={<IconBell />}
          title={status === null ? t('none') : t('noneFound')}
          text={status === null ? t('noneText') : t('noneFoundText')}
        />
      )}
      {deliveries.length > 0 && (
        <>
          <DeliveriesTable deliveries={deliveries} />
          <LoadMore
            shown={t('shown', { count: deliveries.length })}
            hasNextPage={query.hasNextPage}
            isFetchingNextPage={query.isFetchingNextPage}
            error={query.isFetchNextPageError ? query.error : null}
            onMore={() => void query.fetchNextPage()}
          />
        </>
      )}
    </Panel>
  )
}
