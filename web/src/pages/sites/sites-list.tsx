import { Button, Group, Text, TextInput } from '@mantine/core'
import { IconSearch, IconSearchOff } from '@tabler/icons-react'
import { type ReactNode, useDeferredValue, useEffect, useState } from 'react'
import { useTranslations } from 'use-intl'
import type { Integration, Site } from '../../api/types.ts'
import { ListTable } from '../../components/list-table.tsx'
import { MoreButton } from '../../components/more-button.tsx'
import { EmptyState, ErrorState } from '../../components/states.tsx'
import { useShownError } from '../../offline/use-shown-error.ts'
import { entriesOf } from '../../queries/paging.ts'
import { useMay } from '../../queries/session.ts'
import { type IntegrationsBySite, useIntegrations, type useSites } from '../../queries/sites.ts'
import { SiteRow } from './site-row.tsx'

/** From this many sites on, the search field is shown. */
const MANY = 8

const matches = ({ name, url }: Site, search: string): boolean =>
  [name, url].some((text) => text.toLowerCase().includes(search))

const integrationOf = (known: IntegrationsBySite | undefined, siteId: string): Integration | null | undefined =>
  known?.bySite.get(siteId) ?? (known && !known.isCut ? null : undefined)

function NothingFound({ search, onClear }: { search: string; onClear: () => void }): ReactNode {
  const t = useTranslations('sites')
  return (
    <EmptyState
      icon={<IconSearchOff />}
      title={t('noMatch', { search })}
      text={t('noMatchText')}
      action={
        <Button variant="default" onClick={onClear}>
          {t('clearSearch')}
        </Button>
      }
    />
  )
}

function SitesTable({ sites, known }: { sites: Site[]; known: IntegrationsBySite | undefined }): ReactNode {
  const t = useTranslations('sites')
  const [hasConnection, mayConnect] = [useMay('editor'), useMay('admin')]
  return (
    <ListTable
      caption={t('title')}
      columns={[t('site'), ...(hasConnection ? [t('connection'), t('content'), t('lastSync')] : [])]}
      actions={t('open')}
    >
      {sites.map((site) => (
        <SiteRow
          key={site.id}
          site={site}
          integration={integrationOf(known, site.id)}
          hasConnection={hasConnection}
          mayConnect={mayConnect}
        />
      ))}
    </ListTable>
  )
}

/** Paged list of sites; a search reads all pages. */
export function SitesList({ query }: { query: ReturnType<typeof useSites> }): ReactNode {
  const t = useTranslations('sites')
  const integrations = useIntegrations(useMay('editor'))
  const [text, setText] = useState('')
  const search = useDeferredValue(text.trim().toLowerCase())
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query
  const isReadingOn = search !== '' && hasNextPage && !isFetchNextPageError
  useEffect(() => {
    if (isReadingOn && !isFetchingNextPage) void fetchNextPage()
  }, [isReadingOn, isFetchingNextPage, fetchNextPage])

  const ofIntegrations = useShownError(integrations.error)
  const ofSites = useShownError(query.error)
  const sites = entriesOf(query.data)
  const shown = search === '' ? sites : sites.filter((site) => matches(site, search))
  const isMany = sites.length >= MANY || hasNextPage
  return (
    <>
      {isMany && (
        <Group mb="md">
          <TextInput
            type="search"
            flex="1 1 240px"
            maw={420}
            aria-label={t('search')}
            placeholder={t('search')}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Text size="sm" c="dimmed" aria-live="polite">
            {t(hasNextPage ? 'shownSome' : 'shown', { count: shown.length })}
          </Text>
        </Group>
      )}
      {ofIntegrations !== null && <ErrorState error={ofIntegrations} onRetry={() => void integrations.refetch()} />}
      <div className="panel">
        {shown.length > 0 && <SitesTable sites={shown} known={integrations.data} />}
        {shown.length === 0 && !isReadingOn && <NothingFound search={text.trim()} onClear={() => setText('')} />}
      </div>
      {ofSites !== null && <ErrorState error={ofSites} onRetry={() => void fetchNextPage()} />}
      {hasNextPage && (
        <Group justify="center" mt="md">
          <MoreButton {...{ hasNextPage, isFetchingNextPage }} onMore={() => void fetchNextPage()} />
        </Group>
      )}
    </>
  )
}
