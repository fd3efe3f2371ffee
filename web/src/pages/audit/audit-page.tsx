import { Box, Button, Group, NativeSelect, Skeleton, Stack, TextInput } from '@mantine/core'
import { IconDownload, IconFilterOff, IconHistory, IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import classes from '../../components/data-list.module.css'
import { LoadMore } from '../../components/load-more.tsx'
import { notifyFailure } from '../../components/notify.ts'
import { Page } from '../../components/page.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useAudit, useExportAudit } from '../../queries/audit.ts'
import { useMembers } from '../../queries/members.ts'
import { entriesOf } from '../../queries/paging.ts'
import { useMay, useSession } from '../../queries/session.ts'
import { AuditTable } from './audit-table.tsx'
import { useActions, useActionText } from './use-action-text.ts'
import { useAuditFilter } from './use-audit-filter.ts'
import { VerifyPanel } from './verify-panel.tsx'

type Address = ReturnType<typeof useAuditFilter>

function Filters({ address: { values, isFiltered, change, clear }, actions }: { address: Address; actions: string[] }) {
  const t = useTranslations('audit')
  const actionText = useActionText()
  const members = entriesOf(useMembers().data)
  return (
    <Group align="flex-end" gap="sm">
      <NativeSelect
        label={t('who')}
        flex="1 1 160px"
        value={values.actor}
        onChange={({ currentTarget }) => change('actor', currentTarget.value)}
        data={[
          { value: '', label: t('anyone') },
          ...members.map(({ user_id: id, name }) => ({ value: `user:${id}`, label: name })),
          { value: 'system', label: t('system') },
          { value: 'operator', label: t('operator') },
        ]}
      />
      <NativeSelect
        label={t('what')}
        flex="1 1 200px"
        value={values.action}
        onChange={({ currentTarget }) => change('action', currentTarget.value)}
        data={[{ value: '', label: t('any') }, ...actions.map((value) => ({ value, label: actionText(value) }))]}
      />
      {(['from', 'to'] as const).map((name) => (
        <TextInput
          key={name}
          type="date"
          label={t(name)}
          flex="1 1 130px"
          value={values[name]}
          onChange={({ currentTarget }) => change(name, currentTarget.value)}
        />
      ))}
      <Button variant="default" disabled={!isFiltered} onClick={clear}>
        {t('clear')}
      </Button>
    </Group>
  )
}

function Exports({ filter }: Pick<Address, 'filter'>): ReactNode {
  const t = useTranslations('audit')
  const save = useExportAudit()
  const button = (format: 'csv' | 'json', label: string) => (
    <Button
      variant="default"
      leftSection={<IconDownload size={16} aria-hidden />}
      loading={save.isPending && save.variables.format === format}
      onClick={() =>
        save.mutate({ format, filter }, { onError: (error) => void notifyFailure(t('notExported'), error) })
      }
    >
      {label}
    </Button>
  )
  return (
    <Group gap="sm">
      {button('csv', t('exportCsv'))}
      {button('json', t('exportJson'))}
    </Group>
  )
}

function Nothing({ isFiltered, clear }: Pick<Address, 'isFiltered' | 'clear'>): ReactNode {
  const t = useTranslations('audit')
  if (!isFiltered) return <EmptyState icon={<IconHistory />} title={t('empty')} text={t('emptyText')} />
  const action = <Button onClick={clear}>{t('clear')}</Button>
  return <EmptyState icon={<IconFilterOff />} title={t('filtered')} text={t('filteredText')} action={action} />
}

function Log(): ReactNode {
  const t = useTranslations('audit')
  const actions = useActions()
  const address = useAuditFilter(actions)
  const list = useAudit(address.filter, true)
  const records = entriesOf(list.data)
  return (
    <Stack gap="lg">
      <VerifyPanel />
      <Filters address={address} actions={actions} />
      <Exports filter={address.filter} />
      {list.isLoadingError && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton height={320} radius="lg" />}
      {list.isSuccess && (
        <Box className={`panel ${list.isPlaceholderData ? (classes.stale ?? '') : ''}`} mih={240}>
          {records.length === 0 ? <Nothing {...address} /> : <AuditTable records={records} />}
        </Box>
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
  )
}

export default function AuditPage(): ReactNode {
  const t = useTranslations('audit')
  const { data: session } = useSession()
  const isOwner = useMay('owner')
  return (
    <Page title={t('title')} description={t('description', { account: session?.account.name ?? '' })}>
      {isOwner ? <Log /> : <EmptyState icon={<IconLock />} title={t('ownersOnly')} text={t('ownersOnlyText')} />}
    </Page>
  )
}
