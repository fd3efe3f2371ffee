import { Button, Skeleton, Text } from '@mantine/core'
import { IconPlus, IconWebhook } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Endpoint } from '../../api/types.ts'
import { ListTable } from '../../components/list-table.tsx'
import { Panel } from '../../components/panel.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useEndpoints } from '../../queries/notifications.ts'
import { useMay } from '../../queries/session.ts'
import type { EndpointTask } from './endpoint-dialog.tsx'
import { EndpointRow } from './endpoint-row.tsx'

const EndpointDialog = lazy(() => import('./endpoint-dialog.tsx'))

function EndpointsTable({
  endpoints,
  onTask,
}: {
  endpoints: Endpoint[]
  onTask: (task: EndpointTask) => void
}): ReactNode {
  const t = useTranslations('notifications.endpoints')
  const mayChange = useMay('admin')
  return (
    <ListTable
      caption={t('heading')}
      columns={[t('endpoint'), t('state'), t('delivered')]}
      actions={mayChange ? t('actions') : null}
    >
      {endpoints.map((endpoint) => (
        <EndpointRow key={endpoint.id} endpoint={endpoint} mayChange={mayChange} onTask={onTask} />
      ))}
    </ListTable>
  )
}

/** The account's webhook endpoints with their state and actions. */
export function EndpointsPanel(): ReactNode {
  const t = useTranslations('notifications.endpoints')
  const mayChange = useMay('admin')
  const { data: endpoints = [], error, isPending, isSuccess, refetch } = useEndpoints()
  const [task, setTask] = useState<EndpointTask | null>(null)
  const add = mayChange && (
    <Button onClick={() => setTask({ kind: 'add' })} leftSection={<IconPlus size={16} aria-hidden />}>
      {t('add')}
    </Button>
  )
  return (
    <Panel heading={t('heading')} text={t('text')} actions={endpoints.length > 0 && add}>
      {isPending && <Skeleton height={120} />}
      {error && !isSuccess && <ErrorState error={error} onRetry={() => void refetch()} />}
      {isSuccess && endpoints.length === 0 && (
        <EmptyState icon={<IconWebhook />} title={t('none')} text={t('noneText')} action={add} />
      )}
      {endpoints.length > 0 && <EndpointsTable endpoints={endpoints} onTask={setTask} />}
      {!mayChange && (
        <Text size="sm" c="dimmed">
          {t('adminOnly')}
        </Text>
      )}
      {task && (
        <Suspense>
          <EndpointDialog task={task} onClose={() => setTask(null)} />
        </Suspense>
      )}
    </Panel>
  )
}
