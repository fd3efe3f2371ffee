import { Button, Skeleton, Text } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { ApiKey, Integration } from '../../api/types.ts'
import { ListTable } from '../../components/list-table.tsx'
import { MoreButton } from '../../components/more-button.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useThisSite } from '../../layout/site-context.ts'
import { useApiKeys } from '../../queries/api-keys.ts'
import { entriesOf } from '../../queries/paging.ts'
import { useMay } from '../../queries/session.ts'
import { KeyRow } from './key-row.tsx'
import { Panel } from '../../components/panel.tsx'

const KeyDialog = lazy(() => import('./key-dialog.tsx'))

interface KeysTableProps {
  keys: ApiKey[]
  integration: Integration | null
  onRotate: (key: ApiKey) => void
}

function KeysTable({ keys, integration, onRotate }: KeysTableProps): ReactNode {
  const t = useTranslations('connection.keys')
  const mayChange = useMay('admin')
  return (
    <ListTable
      caption={t('heading')}
      columns={[t('name'), t('allowed'), t('state'), t('used'), t('expires')]}
      actions={mayChange ? t('actions') : null}
    >
      {keys.map((key) => (
        <KeyRow
          key={key.id}
          apiKey={key}
          isInUse={integration?.api_key === key.key}
          mayChange={mayChange}
          onRotate={() => onRotate(key)}
        />
      ))}
    </ListTable>
  )
}

/** The API keys of the site with their actions. */
export function KeysPanel({ integration }: { integration: Integration | null }): ReactNode {
  const t = useTranslations('connection.keys')
  const site = useThisSite()
  const mayChange = useMay('admin')
  const query = useApiKeys(site.id)
  // open dialog: none, for a new key, or to replace this key
  const [dialog, setDialog] = useState<'create' | ApiKey | null>(null)
  const keys = entriesOf(query.data)
  const create = mayChange && (
    <Button onClick={() => setDialog('create')} leftSection={<IconPlus size={16} aria-hidden />}>
      {t('create')}
    </Button>
  )
  return (
    <Panel heading={t('heading')} text={t('text')} actions={keys.length > 0 && create}>
      {query.isPending && <Skeleton height={120} />}
      {query.error && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && keys.length === 0 && (
        <EmptyState icon={<IconKey />} title={t('none')} text={t('noneText')} action={create} />
      )}
      {keys.length > 0 && <KeysTable keys={keys} integration={integration} onRotate={setDialog} />}
      <MoreButton
        hasNextPage={query.hasNextPage}
        isFetchingNextPage={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
      />
      {!mayChange && (
        <Text size="sm" c="dimmed">
          {t('adminOnly')}
        </Text>
      )}
      {dialog !== null && (
        <Suspense>
          <KeyDialog replaces={dialog === 'create' ? null : dialog} onClose={() => setDialog(null)} />
        </Suspense>
      )}
    </Panel>
  )
}
