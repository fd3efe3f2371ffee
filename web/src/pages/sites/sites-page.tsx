import { Button, Skeleton, Stack } from '@mantine/core'
import { IconPlus, IconWorld } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useTranslations } from 'use-intl'
import { Page } from '../../components/page.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { entriesOf } from '../../queries/paging.ts'
import { useMay, useSession } from '../../queries/session.ts'
import { useSites } from '../../queries/sites.ts'
import { SitesList } from './sites-list.tsx'

const SKELETON_ROWS = ['first', 'second', 'third']

function AddButton(): ReactNode {
  const t = useTranslations('sites')
  return (
    <Button component={Link} to="/sites/new" leftSection={<IconPlus size={16} aria-hidden />}>
      {t('add')}
    </Button>
  )
}

function NoSites(): ReactNode {
  const t = useTranslations('sites')
  const mayAdd = useMay('admin')
  return (
    <div className="panel">
      <EmptyState
        icon={<IconWorld />}
        title={t('empty')}
        text={mayAdd ? t('emptyText') : t('emptyViewer')}
        action={mayAdd && <AddButton />}
      />
    </div>
  )
}

function Loading(): ReactNode {
  const t = useTranslations('common')
  return (
    <Stack component="output" aria-label={t('loading')} className="panel" p="md" gap="md">
      {SKELETON_ROWS.map((row) => (
        <Skeleton key={row} height={44} />
      ))}
    </Stack>
  )
}

export default function SitesPage(): ReactNode {
  const t = useTranslations('sites')
  const mayAdd = useMay('admin')
  const { data: session } = useSession()
  const sites = useSites()
  const isEmpty = sites.data !== undefined && entriesOf(sites.data).length === 0
  return (
    <Page
      title={t('title')}
      description={t('description', { account: session?.account.name ?? '' })}
      actions={mayAdd && !isEmpty && <AddButton />}
    >
      {sites.isPending && <Loading />}
      {sites.isLoadingError && <ErrorState error={sites.error} onRetry={() => void sites.refetch()} />}
      {isEmpty && <NoSites />}
      {sites.data && !isEmpty && <SitesList query={sites} />}
    </Page>
  )
}
